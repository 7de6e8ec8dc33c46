#pragma once
#include <string>
#include <string_view>

namespace kappa::processor {

/// True if the text is one number by JSON's grammar.
[[nodiscard]] bool is_json_number(std::string_view text);

/// PostgreSQL's reason for the first byte sequence that is no UTF-8 text (zero bytes included); empty if it is text.
[[nodiscard]] std::string utf8_fault(std::string_view text);

}  // namespace kappa::processor
