// The names of a file: each once, each before it is used.
#include "definitions.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kappa/base/near_miss.hpp"

namespace kappa::sql {

std::size_t Definitions::resolve(const Source& source, std::string_view name, int place) const {
  const auto found =
      std::find_if(all_.begin(), all_.end(), [&](const Definition& definition) { return definition.name == name; });
  if (found != all_.end()) return static_cast<std::size_t>(found - all_.begin());
  std::vector<std::string> names;
  for (const Definition& definition : all_) names.push_back(definition.name);
  const std::string near = near_miss(name, names);
  source.refuse(place, fmt::format("relation \"{}\" does not exist", name),
                near.empty() ? fmt::format("define it above in this file: CREATE TABLE {} (…)", name)
                             : fmt::format("did you mean {}?", near));
}

void Definitions::check_new(const Source& source, std::string_view name, int place) const {
  for (const Definition& definition : all_)
    if (definition.name == name)
      source.refuse(place, fmt::format("relation \"{}\" already exists", name),
                    "give each table and view its own name");
}

std::string Definitions::text_of(const std::set<std::size_t>& indexes, std::string_view last) const {
  std::string text;
  for (const std::size_t index : indexes) text += fmt::format("{};\n", all_[index].text);
  return text + fmt::format("{};\n", last);
}

std::set<std::size_t> Definitions::closure(const std::set<std::size_t>& direct) const {
  std::set<std::size_t> all = direct;
  for (const std::size_t index : direct) all.insert(all_[index].uses.begin(), all_[index].uses.end());
  return all;
}

}  // namespace kappa::sql
