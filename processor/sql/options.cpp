// Options in WITH (…). A value is a string or one plain word.
#include "options.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kappa/base/near_miss.hpp"
#include "refusals.hpp"

namespace kappa::sql {
namespace {

[[nodiscard]] std::string value_of(const Source& source, const Node& element, const std::string& name) {
  const Node& argument = element["arg"];
  if (argument.is("String")) return std::string(argument.text("sval"));
  const std::vector<std::string> words = argument.names("names");  // A plain word parses as the name of a type.
  if (argument.is("TypeName") && words.size() == 1) return words.front();
  source.refuse(element.place(), fmt::format("option \"{}\" needs a value in quotes", name),
                fmt::format("write {} = '…'", name));
}

}  // namespace

Options::Options(const Source& source, const std::vector<Node>& elements, const std::vector<std::string>& allowed) {
  for (const Node& element : elements) {
    check_fields(source, element, {"defname", "arg", "defaction", "location"});
    const std::string name(element.text("defname"));
    if (const NamedRefusal* refused = find_refusal(kRefusedOptions, name))
      source.refuse_unsupported(element.place(), refused->what, refused->hint);
    if (std::find(allowed.begin(), allowed.end(), name) == allowed.end()) {
      const std::string near = near_miss(name, allowed);
      source.refuse(element.place(), fmt::format("option \"{}\" does not exist", name),
                    near.empty() ? fmt::format("options here: {}", fmt::join(allowed, ", "))
                                 : fmt::format("did you mean {}?", near));
    }
    if (!options_.emplace(name, Option{value_of(source, element, name), element.place()}).second)
      source.refuse(element.place(), fmt::format("option \"{}\" is given twice", name), "keep one of them");
  }
}

std::optional<Option> Options::find(std::string_view name) const {
  const auto found = options_.find(name);
  return found == options_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace kappa::sql
