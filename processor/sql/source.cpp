// Places in the text: from byte offsets to lines, columns and carets.
//
// libpg_query gives byte offsets in its tree and character positions in its errors. People get lines and columns that
// count characters from 1. The caret stands under the character also where tabs or long lines precede it: tabs are
// repeated in the padding, and of a very long line only the part around the place is shown.
#include "source.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kappa/base/utf8.hpp"

namespace kappa::sql {
namespace {

constexpr std::size_t kShownBefore = 100;
constexpr std::size_t kShownAfter = 60;

/// The line, and below it a caret under the byte `at`.
[[nodiscard]] std::string with_caret(std::string_view line, std::size_t at) {
  std::size_t begin = at > kShownBefore ? at - kShownBefore : 0;
  while (begin > 0 && begin < line.size() && !begins_character(line[begin])) ++begin;
  std::size_t end = std::min(line.size(), at + kShownAfter);
  while (end < line.size() && !begins_character(line[end])) ++end;
  const std::string_view shown = line.substr(begin, end - begin);
  std::string padding = begin > 0 ? "   " : "";
  for (const char c : shown.substr(0, at - begin))
    if (begins_character(c)) padding += c == '\t' ? '\t' : ' ';
  return fmt::format("{}{}{}\n{}^", begin > 0 ? "..." : "", shown, end < line.size() ? "..." : "", padding);
}

}  // namespace

void Source::refuse(int place, std::string what, std::string hint) const {
  const std::size_t offset = std::min(place < 0 ? statement_ : static_cast<std::size_t>(place), text_.size());
  const std::string_view before = text_.substr(0, offset);
  const std::size_t newline = before.rfind('\n');
  const std::size_t line_begin = newline == std::string_view::npos ? 0 : newline + 1;
  const std::string_view line = text_.substr(line_begin, text_.find('\n', offset) - line_begin);
  const auto line_number = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t column = count_characters(before.substr(line_begin)) + 1;
  throw Refusal{{Errc::query, fmt::format("{}:{}:{}: {}", file_, line_number, column, what), std::move(hint),
                 with_caret(line, offset - line_begin)}};
}

void Source::refuse_unsupported(int place, std::string_view what, std::string_view hint) const {
  refuse(place, fmt::format("{} is not supported", what), std::string(hint.empty() ? kSeeDocument : hint));
}

std::size_t Source::byte_of_character(std::size_t index) const {
  return prefix_bytes(text_, index);
}

std::size_t Source::skip_comment(std::size_t offset) const {
  if (text_.substr(offset, 2) == "--") return std::min(text_.find('\n', offset), text_.size());
  if (text_.substr(offset, 2) != "/*") return offset;
  std::size_t depth = 0;  // Comments nest in PostgreSQL.
  while (offset < text_.size()) {
    const std::string_view next = text_.substr(offset, 2);
    if (next == "/*") ++depth;
    if (next == "*/") --depth;
    offset += next == "/*" || next == "*/" ? 2 : 1;
    if (depth == 0) break;
  }
  return offset;
}

std::size_t Source::skip_blanks(std::size_t offset) const {
  constexpr std::string_view kBlanks = " \t\r\n\f\v";
  while (true) {
    const std::size_t solid = std::min(text_.find_first_not_of(kBlanks, offset), text_.size());
    offset = skip_comment(solid);
    if (offset == solid) return offset;
  }
}

}  // namespace kappa::sql
