// Views as events of `_catalog`. A definition is the text of the file it came from, so that any later binary can
// compile it again and compare trees; the tree and the tables are kept beside it for people and for conflicts.
#include "view_catalog.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <map>

namespace kappa::replay {

namespace json = boost::json;

log::CatalogEvent view_defined(const ViewInfo& view) {
  json::array tables;
  for (const TableSpec& table : view.tables)
    tables.push_back(json::object{{"name", table.name}, {"topic", table.topic}, {"tree", table.tree}});
  const json::object body{
      {"version", view.version}, {"sql", view.sql}, {"tree", view.tree}, {"tables", std::move(tables)}};
  return {std::string(kViewDefined), view.name, json::serialize(body)};
}

namespace {

ViewInfo view_from(const log::CatalogEvent& event, const json::object& body) {
  ViewInfo view;
  view.name = event.name;
  view.sql = json::value_to<std::string>(body.at("sql"));
  view.tree = json::value_to<std::string>(body.at("tree"));
  view.version = json::value_to<std::uint32_t>(body.at("version"));
  view.defined = event.sequence;
  for (const json::value& table : body.at("tables").as_array())
    view.tables.push_back({json::value_to<std::string>(table.at("name")),
                           json::value_to<std::string>(table.at("topic")),
                           json::value_to<std::string>(table.at("tree")),
                           {}});
  return view;
}

}  // namespace

Result<ViewInfo> parse_view_defined(const log::CatalogEvent& event) {
  // Boost.JSON reports a missing member by throwing; it ends here.
  try {
    return view_from(event, json::parse(event.body).as_object());
  } catch (const std::exception& error) {
    return fail(Errc::corruption,
                fmt::format("_catalog: the definition of view {} at sequence {} cannot be read: {}", event.name,
                            event.sequence.value, error.what()),
                "kappa verify _catalog");
  }
}

Result<std::vector<ViewInfo>> views_of(const std::vector<log::CatalogEvent>& events) {
  std::map<std::string, ViewInfo> views;
  for (const log::CatalogEvent& event : events) {
    if (event.kind == kViewDropped) views.erase(event.name);
    if (event.kind != kViewDefined) continue;
    auto view = parse_view_defined(event);
    if (!view) return propagate(view);
    views[event.name] = std::move(*view);
  }
  std::vector<ViewInfo> sorted;
  for (auto& [name, view] : views) sorted.push_back(std::move(view));
  return sorted;
}

}  // namespace kappa::replay
