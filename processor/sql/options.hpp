#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parse_tree.hpp"

namespace kappa::sql {

/// The value of an option of WITH (…).
struct Option {
  std::string value;
  int place = -1;
};

/// WITH (name = 'value', …), each name one of `allowed` and given once.
class Options {
 public:
  Options(const Source& source, const std::vector<Node>& elements, const std::vector<std::string>& allowed);

  [[nodiscard]] std::optional<Option> find(std::string_view name) const;

 private:
  std::map<std::string, Option, std::less<>> options_;
};

}  // namespace kappa::sql
