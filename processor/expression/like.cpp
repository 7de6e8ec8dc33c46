// LIKE over UTF-8 characters.
//
// Only the last % can need to be tried at another place: what stands before it has matched at the earliest place
// possible, and a later one would leave less text. So matching is a loop with one place to go back to. As in
// PostgreSQL, a pattern that ends with its escape is an error only where matching gets that far.
#include <algorithm>
#include <optional>
#include <string>

#include "expression/functions.hpp"
#include "kappa/base/utf8.hpp"

namespace kappa::processor {
namespace {

using Text = std::string_view;

constexpr char kEscape = '\\';

std::unexpected<RowError> dangling_escape() {
  return std::unexpected(*make_error("22025", "LIKE pattern must not end with escape character"));
}

/// Where matching goes back to: behind the last %, one character further in the text.
struct Retry {
  std::size_t text;
  std::size_t pattern;
};

/// True if the pattern's element at `p` takes the character at `t`; both then move behind it.
bool take_character(Text text, std::size_t& t, Text pattern, std::size_t& p) {
  if (pattern[p] == '_') {
    t = next_character(text, t);
    ++p;
    return true;
  }
  const std::size_t literal = pattern[p] == kEscape ? p + 1 : p;
  if (pattern[literal] != text[t]) return false;
  ++t;  // Byte by byte: equal bytes make equal characters.
  p = literal + 1;
  return true;
}

/// Moves behind the % and _ that stand together at `p`, and behind a character of the text for each _; false if the
/// text has too few.
bool take_gap(Text text, std::size_t& t, Text pattern, std::size_t& p) {
  for (; p < pattern.size() && (pattern[p] == '%' || pattern[p] == '_'); ++p) {
    if (pattern[p] == '%') continue;
    if (t == text.size()) return false;
    t = next_character(text, t);
  }
  return true;
}

Scalar<bool> matches(Text text, Text pattern) {
  std::optional<Retry> retry;
  std::size_t t = 0;
  std::size_t p = 0;
  const auto at_dangling_escape = [&] { return p + 1 == pattern.size() && pattern[p] == kEscape; };
  while (true) {
    if (t == text.size()) return pattern.find_first_not_of('%', p) == Text::npos;
    if (p < pattern.size() && pattern[p] == '%') {
      if (!take_gap(text, t, pattern, p)) return false;
      if (p == pattern.size()) return true;
      if (at_dangling_escape()) return dangling_escape();
      retry = Retry{t, p};
      continue;
    }
    if (at_dangling_escape()) return dangling_escape();
    if (p < pattern.size() && take_character(text, t, pattern, p)) continue;
    if (!retry) return false;
    retry->text = next_character(text, retry->text);
    if (retry->text > text.size()) return false;
    t = retry->text;
    p = retry->pattern;
  }
}

/// The pattern with another escape character, rewritten for kEscape.
Scalar<std::string> with_escape(Text pattern, Text escape) {
  if (count_characters(escape) > 1) return std::unexpected(*make_error("22025", "invalid escape string"));
  std::string rewritten;
  bool escaped = false;
  while (!pattern.empty()) {
    const Text character = pattern.substr(0, next_character(pattern, 0));
    pattern.remove_prefix(character.size());
    if (!escape.empty() && character == escape && !escaped) {
      rewritten.push_back(kEscape);
      escaped = true;
      continue;
    }
    if (character[0] == kEscape && !escaped) rewritten.push_back(kEscape);
    rewritten.append(character);
    escaped = false;
  }
  return rewritten;
}

Scalar<bool> matches(Text text, Text pattern, Text escape) {
  const Scalar<std::string> rewritten = with_escape(pattern, escape);
  if (!rewritten) return std::unexpected(rewritten.error());
  return matches(text, *rewritten);
}

/// An escape that is none is an error beside a NULL text too: PostgreSQL applies it to the pattern first.
void refuse_escapes(Column& result, const Arguments& arguments) {
  const Column& escapes = *arguments.columns[2];
  for (std::size_t row = 0; row < arguments.rows; ++row) {
    if (!result.is_null(row) || arguments.columns[1]->is_null(row) || escapes.is_null(row)) continue;
    const Scalar<std::string> refused = with_escape({}, escapes.as<Text>()[row]);
    if (!refused) add_error(result, row, arguments.rows, std::make_shared<const RowError>(refused.error()));
  }
}

}  // namespace

ColumnPointer evaluate_like(const Expression& /*node*/, const Arguments& arguments) {
  auto result = strict_result(TypeKind::boolean, arguments);
  const auto& texts = arguments.columns[0]->as<Text>();
  const auto& patterns = arguments.columns[1]->as<Text>();
  const auto* escapes = arguments.columns.size() > 2 ? &arguments.columns[2]->as<Text>() : nullptr;
  auto& values = result->as<std::uint8_t>();
  for_live(*result, arguments.rows, [&](std::size_t row) {
    Scalar<bool> matched =
        escapes != nullptr ? matches(texts[row], patterns[row], (*escapes)[row]) : matches(texts[row], patterns[row]);
    if (matched)
      values[row] = *matched ? 1 : 0;
    else
      add_error(*result, row, arguments.rows, std::make_shared<const RowError>(std::move(matched.error())));
  });
  if (escapes != nullptr) refuse_escapes(*result, arguments);
  return result;
}

}  // namespace kappa::processor
