#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "kappa/base/result.hpp"
#include "text/json_path.hpp"

namespace kappa::cli {

/// An event's key out of its JSON: the text of one field, or of several fields the JSON array, without blanks, strings
/// escaped as PostgreSQL does. That is what a table with a PRIMARY KEY expects. Not thread-safe: it keeps scratch
/// memory.
class JsonKey {
 public:
  /// `paths` has at least one. Errc::usage where one is malformed.
  [[nodiscard]] static Result<JsonKey> parse(const std::vector<std::string>& paths);

  /// The key of a line. Valid until the next call and as long as the line. Errors are those of JsonPath::find.
  [[nodiscard]] Result<std::string_view> find(std::string_view line);

 private:
  std::vector<JsonPath> paths_;
  std::string key_;
  std::string scratch_;
};

}  // namespace kappa::cli
