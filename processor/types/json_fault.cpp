// The words for what is no JSON object.
#include <fmt/format.h>

#include <algorithm>

#include "types/json_text.hpp"
#include "types/json_walk.hpp"

namespace kappa::processor {
namespace {

ErrorPointer syntax_error(std::string_view what, std::size_t at) {
  return make_error("22P02", fmt::format("invalid input syntax for type json: {} (at byte {})", what, at));
}

/// The text at a byte, up to the next blank or separator: what PostgreSQL calls the token.
std::string token_at(std::string_view text, std::size_t at) {
  constexpr std::size_t kShown = 40;
  const std::string_view rest = text.substr(std::min(at, text.size()));
  std::size_t size = std::min(rest.find_first_of(" \t\r\n,:{}[]\"", 1), rest.size());
  size = std::min(size, kShown);
  while (size < rest.size() && (static_cast<unsigned char>(rest[size]) & 0xc0) == 0x80) --size;
  return std::string(rest.substr(0, size));
}

}  // namespace

ErrorPointer describe(JsonFault fault, std::string_view text, std::size_t at) {
  const auto unexpected = [&](std::string_view expected) {
    return syntax_error(fmt::format("expected {}, but found \"{}\"", expected, token_at(text, at)), at);
  };
  // Where the text is at its end, that is the reason, and not what was expected of it.
  const bool expects = fault == JsonFault::expected_name || fault == JsonFault::expected_colon ||
                       fault == JsonFault::expected_comma || fault == JsonFault::bad_token;
  if (expects && at >= text.size()) fault = JsonFault::ended;
  // A reason is text, which holds no NUL; and bytes that are no text are the more basic fault.
  if (fault != JsonFault::not_utf8 && !utf8_fault(token_at(text, at)).empty()) fault = JsonFault::not_utf8;
  switch (fault) {
    case JsonFault::none:
    case JsonFault::empty:
    case JsonFault::ended:
      return syntax_error("the input string ended unexpectedly", text.size());
    case JsonFault::not_utf8:
      return make_error("22021", utf8_fault(text));
    case JsonFault::control_character:
      return syntax_error("a control character in a string must be escaped", at);
    case JsonFault::array:
      return make_error("22023", "cannot call json_populate_record on an array");
    case JsonFault::scalar:
      return make_error("22023", "cannot call json_populate_record on a scalar");
    case JsonFault::bad_token:
      return syntax_error(fmt::format("token \"{}\" is invalid", token_at(text, at)), at);
    case JsonFault::expected_name:
      return unexpected("a member's name");
    case JsonFault::expected_colon:
      return unexpected("\":\"");
    case JsonFault::expected_comma:
      return unexpected("\",\" or a closing bracket");
    case JsonFault::trailing:
      return unexpected("end of input");
    case JsonFault::too_deep:
      return make_error("54001", fmt::format("JSON is nested more than {} deep (at byte {})", kJsonDepthMax, at));
    case JsonFault::unknown_escape:
      return syntax_error("an escape sequence is invalid in the string", at);
    case JsonFault::bad_unicode_digits:
      return syntax_error("\"\\u\" must be followed by four hexadecimal digits", at);
    case JsonFault::zero:
      return make_error(
          "22P05",
          fmt::format("unsupported Unicode escape sequence: \\u0000 cannot be converted to text (at byte {})", at));
    case JsonFault::lone_surrogate:
      return syntax_error("a Unicode surrogate must stand in a pair, high before low", at);
  }
  return nullptr;
}

ErrorPointer describe(IndexOutcome outcome, std::string_view text) {
  // The indexer looks for open strings before it reports UTF-8; bytes that are no text are the more basic fault.
  if (!utf8_fault(text).empty()) return describe(JsonFault::not_utf8, text, 0);
  switch (outcome) {
    case IndexOutcome::control_character:
      return describe(JsonFault::control_character, text, 0);
    case IndexOutcome::ok:
    case IndexOutcome::empty:
    case IndexOutcome::unclosed_string:
    case IndexOutcome::not_utf8:
      break;
  }
  return describe(JsonFault::ended, text, text.size());
}

}  // namespace kappa::processor
