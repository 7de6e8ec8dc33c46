// Names of columns. There is one relation in a scope, since joins are not of this version.
#include "scope.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kappa/base/near_miss.hpp"

namespace kappa::sql {
namespace {

[[nodiscard]] std::string columns_hint(const std::string& name, const Relation& relation) {
  std::vector<std::string> names;
  for (const RelationColumn& column : relation.columns) names.push_back(column.name);
  const bool guess = name.size() > 1;  // A single letter is near every other one.
  if (const std::string near = guess ? near_miss(name, names) : ""; !near.empty())
    return fmt::format("did you mean {}?", near);
  std::erase_if(names, [](const std::string& column) { return column.starts_with('_'); });
  constexpr std::size_t kShown = 12;
  const bool all = names.size() <= kShown;
  if (!all) names.resize(kShown);
  return fmt::format("columns: {}{}", fmt::join(names, ", "), all ? "" : ", ...");
}

}  // namespace

bool Scope::has_column(std::string_view name) const {
  return std::any_of(relation_.columns.begin(), relation_.columns.end(),
                     [&](const RelationColumn& column) { return column.name == name; });
}

void Scope::check_alias(std::string_view qualifier, int place) const {
  if (qualifier == alias_) return;
  source_.refuse(place, fmt::format("missing FROM-clause entry for table \"{}\"", qualifier),
                 fmt::format("the rows here are known as \"{}\"", alias_));
}

std::uint32_t Scope::resolve(const Node& column_ref) const {
  const std::vector<std::string> parts = column_ref.names("fields");
  const int place = column_ref.place();
  if (parts.size() > 2) source_.refuse_unsupported(place, fmt::format("the qualified name {}", fmt::join(parts, ".")));
  if (parts.size() == 2) check_alias(parts.front(), place);
  const std::string& name = parts.back();
  const auto matches = [&](const RelationColumn& column) { return column.name == name; };
  const auto& columns = relation_.columns;
  const auto found = std::find_if(columns.begin(), columns.end(), matches);
  if (found == columns.end())
    source_.refuse(place, fmt::format("column \"{}\" does not exist", fmt::join(parts, ".")),
                   columns_hint(name, relation_));
  if (std::find_if(found + 1, columns.end(), matches) != columns.end())
    source_.refuse(place, fmt::format("column reference \"{}\" is ambiguous", name),
                   "give the columns of the sub-select different names with AS");
  return static_cast<std::uint32_t>(found - columns.begin());
}

}  // namespace kappa::sql
