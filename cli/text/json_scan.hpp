#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "kappa/base/result.hpp"

namespace kappa::cli {

/// Deepest nesting of arrays and objects that the command looks into.
inline constexpr std::size_t kJsonDepthMax = 1024;

/// A strict scanner of JSON text (RFC 8259): checks the grammar and finds where values begin and end, without changing
/// or copying a byte. Does not check UTF-8 (valid_utf8 does). Views live as long as the text. After a false or an
/// empty optional, at() is where the text is wrong.
class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text) : text_(text) {}

  [[nodiscard]] std::size_t at() const { return at_; }
  void skip_blanks();
  /// The next byte after blanks; 0 at the end.
  [[nodiscard]] char peek();
  /// Takes one byte of punctuation after blanks, if it is the next.
  [[nodiscard]] bool take(char punctuation);
  /// True when only blanks remain.
  [[nodiscard]] bool at_end();
  /// The bytes of the next value, whatever it is, outer blanks excluded.
  [[nodiscard]] std::optional<std::string_view> take_value();
  /// The bytes between the quotes of the next value, which must be a string; escapes checked, not resolved.
  [[nodiscard]] std::optional<std::string_view> take_string();

 private:
  [[nodiscard]] bool skip_nested();
  [[nodiscard]] bool skip_name();
  [[nodiscard]] bool skip_scalar();
  [[nodiscard]] bool skip_string();
  [[nodiscard]] bool skip_escape();
  [[nodiscard]] bool skip_number();
  [[nodiscard]] bool skip_digits();
  [[nodiscard]] bool skip_word(std::string_view word);

  std::string_view text_;
  std::size_t at_ = 0;
};

/// True if the text is exactly one JSON value, without blanks around it.
[[nodiscard]] bool is_bare_json(std::string_view text);

/// Resolves the escapes of a string's inside. False where a surrogate stands alone.
[[nodiscard]] bool unescape_json(std::string_view inside, std::string& to);

/// The text, which is UTF-8, as a JSON string; for one-off use.
[[nodiscard]] std::string json_string(std::string_view text);

[[nodiscard]] bool valid_utf8(std::string_view text);

}  // namespace kappa::cli
