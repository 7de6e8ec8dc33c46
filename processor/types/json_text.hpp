#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace kappa::processor {

/// Appends a JSON string literal with PostgreSQL's escapes: the short ones, \u00xx for other control characters.
void append_json_string(std::string_view text, std::string& to);

/// What can be wrong with the escapes of a JSON string whose bytes are UTF-8 without control characters.
enum class EscapeFault : std::uint8_t { none, unknown_escape, bad_unicode_digits, zero, lone_surrogate };

/// Checks the escapes of a string's inside (without its quotes).
[[nodiscard]] EscapeFault check_escapes(std::string_view inside);

/// Decodes a string's inside whose escapes are checked to `to`, which has room for inside.size() bytes: decoding never
/// lengthens. Returns the bytes written.
[[nodiscard]] std::size_t decode_escapes(std::string_view inside, char* to);

/// True if the text is one number by JSON's grammar.
[[nodiscard]] bool is_json_number(std::string_view text);

/// PostgreSQL's reason for the first byte sequence that is no UTF-8 text (zero bytes included); empty if it is text.
[[nodiscard]] std::string utf8_fault(std::string_view text);

}  // namespace kappa::processor
