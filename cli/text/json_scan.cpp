// A scanner of our own rather than a parser, because the envelope must hand a payload on byte for byte: numbers beyond
// 2^53, repeated members, blanks inside. It is iterative with a bounded stack, so that no input can exhaust ours.
#include "text/json_scan.hpp"

#include <simdjson.h>

#include <array>

#include "kappa/base/json_escape.hpp"
#include "kappa/base/json_quote.hpp"

namespace kappa::cli {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

void JsonScanner::skip_blanks() {
  while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
}

char JsonScanner::peek() {
  skip_blanks();
  return at_ < text_.size() ? text_[at_] : '\0';
}

bool JsonScanner::take(char punctuation) {
  if (peek() != punctuation || at_ == text_.size()) return false;
  ++at_;
  return true;
}

bool JsonScanner::at_end() {
  skip_blanks();
  return at_ == text_.size();
}

std::optional<std::string_view> JsonScanner::take_value() {
  skip_blanks();
  const std::size_t begin = at_;
  if (!skip_nested()) return std::nullopt;
  return text_.substr(begin, at_ - begin);
}

std::optional<std::string_view> JsonScanner::take_string() {
  skip_blanks();
  const std::size_t begin = at_;
  if (!skip_string()) return std::nullopt;
  return text_.substr(begin + 1, at_ - begin - 2);
}

bool JsonScanner::skip_nested() {
  std::array<char, kJsonDepthMax> closers;
  std::size_t depth = 0;
  for (;;) {
    const char next = peek();
    const bool opens = next == '{' || next == '[';
    if (opens) {
      if (depth == closers.size()) return false;
      ++at_;
      closers[depth++] = next == '{' ? '}' : ']';
      if (peek() != closers[depth - 1]) {
        if (next == '{' && !skip_name()) return false;
        continue;
      }
    } else if (!skip_scalar()) {
      return false;
    }
    while (depth > 0 && take(closers[depth - 1])) --depth;
    if (depth == 0) return true;
    if (!take(',')) return false;
    if (closers[depth - 1] == '}' && !skip_name()) return false;
  }
}

bool JsonScanner::skip_name() {
  skip_blanks();
  return skip_string() && take(':');
}

bool JsonScanner::skip_scalar() {
  switch (peek()) {
    case '"':
      return skip_string();
    case 't':
      return skip_word("true");
    case 'f':
      return skip_word("false");
    case 'n':
      return skip_word("null");
    default:
      return skip_number();
  }
}

bool JsonScanner::skip_string() {
  if (at_ == text_.size() || text_[at_] != '"') return false;
  ++at_;
  while (at_ < text_.size()) {
    if (!needs_json_escape(text_[at_])) {
      ++at_;
    } else if (text_[at_] == '"') {
      ++at_;
      return true;
    } else if (!skip_escape()) {
      return false;
    }
  }
  return false;
}

bool JsonScanner::skip_escape() {
  if (text_[at_] != '\\') return false;
  std::string_view rest = text_.substr(at_);
  // Half a surrogate pair is within the grammar; unescape_json refuses it.
  if (const auto code = take_escape(rest); !code && code.error() != EscapeFault::lone_surrogate) return false;
  at_ = text_.size() - rest.size();
  return true;
}

bool JsonScanner::skip_digits() {
  const std::size_t begin = at_;
  while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
  return at_ != begin;
}

bool JsonScanner::skip_number() {
  const auto next_is = [this](char c) { return at_ < text_.size() && text_[at_] == c; };
  if (next_is('-')) ++at_;
  if (next_is('0')) {
    ++at_;
  } else if (!skip_digits()) {
    return false;
  }
  if (next_is('.')) {
    ++at_;
    if (!skip_digits()) return false;
  }
  if (!next_is('e') && !next_is('E')) return true;
  ++at_;
  if (next_is('+') || next_is('-')) ++at_;
  return skip_digits();
}

bool JsonScanner::skip_word(std::string_view word) {
  if (text_.substr(at_, word.size()) != word) return false;
  at_ += word.size();
  return true;
}

bool is_bare_json(std::string_view text) {
  JsonScanner scanner(text);
  const auto value = scanner.take_value();
  return value && value->size() == text.size();
}

bool unescape_json(std::string_view inside, std::string& to) {
  const std::size_t before = to.size();
  to.resize(before + inside.size());
  const auto decoded = decode_escapes(inside, to.data() + before);
  to.resize(before + decoded.value_or(0));
  return decoded.has_value();
}

std::string json_string(std::string_view text) {
  std::string quoted;
  put_json_string(text, quoted);
  return quoted;
}

bool valid_utf8(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace kappa::cli
