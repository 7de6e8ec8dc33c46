#include "kappa/replay/views.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kappa/base/near_miss.hpp"
#include "view_catalog.hpp"

namespace kappa::replay {

std::string errors_topic(std::string_view view) {
  return std::string(view) + ".errors";
}

Result<std::vector<ViewInfo>> list_views(log::Directory& directory) {
  auto contents = directory.catalog().read();
  if (!contents) return propagate(contents);
  return views_of(contents->events);
}

Result<ViewInfo> find_view(log::Directory& directory, std::string_view name) {
  auto views = list_views(directory);
  if (!views) return propagate(views);
  std::vector<std::string> names;
  for (ViewInfo& view : *views) {
    if (view.name == name) return std::move(view);
    names.push_back(view.name);
  }
  const auto topic = directory.catalog().find_topic(name);
  if (topic && *topic && (*topic)->kind == log::TopicKind::user)
    return fail(Errc::not_found, fmt::format("{} is a topic, not a view", name), "kappa view list");
  const std::string near = near_miss(name, names);
  return fail(Errc::not_found, fmt::format("no view \"{}\" in {}", name, directory.path().string()),
              near.empty() ? "kappa view list" : fmt::format("did you mean {}? (kappa view list shows all)", near));
}

Result<void> drop_view(log::Directory& directory, std::string_view name) {
  const auto view = find_view(directory, name);
  if (!view) return std::unexpected(view.error());
  auto dropped = directory.catalog().append({{std::string(kViewDropped), std::string(name)}}, std::nullopt);
  if (!dropped) return propagate(dropped);
  for (const std::string& topic : {std::string(name), errors_topic(name)}) {
    auto found = directory.catalog().find_topic(topic);
    if (!found) return propagate(found);
    if (!*found) continue;
    if (auto deleted = directory.delete_topic(**found); !deleted) return deleted;
  }
  return {};
}

Result<std::vector<std::string>> views_reading(log::Directory& directory, std::string_view topic) {
  auto views = list_views(directory);
  if (!views) return propagate(views);
  std::vector<std::string> names;
  for (const ViewInfo& view : *views) {
    const auto reads = [&](const TableSpec& table) { return table.topic == topic; };
    if (std::any_of(view.tables.begin(), view.tables.end(), reads)) names.push_back(view.name);
  }
  return names;
}

}  // namespace kappa::replay
