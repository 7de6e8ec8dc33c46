#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "kappa/base/result.hpp"

namespace kappa::cli {

/// A dotted path of member names into JSON objects: `user.id`. Member names that contain a dot cannot be named.
class JsonPath {
 public:
  /// Errc::usage where a name is empty.
  [[nodiscard]] static Result<JsonPath> parse(std::string_view text);

  /// The text of the field in a line of JSON: a string's characters, else the value's own bytes. Valid until the next
  /// call with the same scratch, and as long as the line. Of repeated members the last counts. Errc::bad_input where
  /// the line is no JSON object, has no such field, or null there.
  [[nodiscard]] Result<std::string_view> find(std::string_view line, std::string& scratch) const;
  /// The same field's own bytes, which are JSON.
  [[nodiscard]] Result<std::string_view> find_raw(std::string_view line, std::string& scratch) const;
  /// The text of a field's own bytes, as find() gives it.
  [[nodiscard]] Result<std::string_view> text_of(std::string_view raw, std::string& scratch) const;

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::vector<std::string> names_;
};

}  // namespace kappa::cli
