// The walk over token positions: JSON's grammar, and the tokens of the members that a table declares.
//
// Positions come from JsonIndexer, which has already checked UTF-8 and told strings from the rest, perhaps for many
// documents at once. A token ends where the blanks before the next position begin, so no string is scanned for its
// end, and unless the document contains a backslash, none is scanned at all.
//
// Why several documents can share one indexing: a document that the walk accepts ends with its closing brace, outside
// any string, so the next one is indexed as if it stood alone. A document that the walk refuses may have spoiled
// what follows (and itself only by what came before, which was accepted): the caller indexes the rest anew.
//
// Why it never reads past the positions: every loop compares a position with `limit` before it goes on, at most four
// positions are read in between, and three readable sentinels, all but one of them at the text's end, follow the last.
#include "types/json_walk.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "types/json_text.hpp"

namespace kappa::processor {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

JsonFault fault_of(EscapeFault fault) {
  switch (fault) {
    case EscapeFault::none:
      return JsonFault::none;
    case EscapeFault::unknown_escape:
      return JsonFault::unknown_escape;
    case EscapeFault::bad_unicode_digits:
      return JsonFault::bad_unicode_digits;
    case EscapeFault::zero:
      return JsonFault::zero;
    case EscapeFault::lone_surrogate:
      return JsonFault::lone_surrogate;
  }
  return JsonFault::bad_token;
}

/// True for an optional sign and digits without a leading zero: the form of nearly all numbers.
bool is_plain_integer(std::string_view text) {
  const std::size_t first = text[0] == '-' ? 1 : 0;
  if (text.size() == first || (text[first] == '0' && text.size() > first + 1)) return false;
  bool digits = true;
  for (std::size_t i = first; i < text.size(); ++i) digits &= static_cast<unsigned char>(text[i] - '0') < 10;
  return digits;
}

}  // namespace

JsonWalker::JsonWalker(std::vector<std::string> names) : names_(std::move(names)), tokens_(names_.size()) {}

void JsonWalker::start(std::string_view text, const std::uint32_t* positions) {
  text_ = text.data();
  text_bytes_ = text.size();
  at_ = positions;
  limit_ = 0;
  next_backslash_ = std::min(text.find('\\'), text.size());
}

JsonFault JsonWalker::walk(std::uint32_t limit) {
  const std::uint32_t begin = std::exchange(limit_, limit);
  if (next_backslash_ < begin)
    next_backslash_ = std::min(std::string_view(text_, text_bytes_).find('\\', begin), text_bytes_);
  escapes_ = next_backslash_ < limit;
  for (JsonToken& token : tokens_) token.kind = TokenKind::absent;
  if (*at_ >= limit) return JsonFault::empty;
  if (here() != '{') return here() == '[' ? JsonFault::array : JsonFault::scalar;
  ++at_;
  if (here() == '}' && *at_ < limit)
    ++at_;
  else if (const JsonFault fault = members(); fault != JsonFault::none)
    return fault;
  return *at_ < limit ? JsonFault::trailing : JsonFault::none;
}

/// From the first member's name to behind the closing brace.
JsonFault JsonWalker::members() {
  for (std::size_t place = 0;; ++place) {
    if (here() != '"') return JsonFault::expected_name;
    const std::int32_t column = is_remembered(place) ? order_[place].column : find_column(place);
    if (const JsonFault fault = name_and_colon(); fault != JsonFault::none) return fault;
    JsonToken token;
    if (const JsonFault fault = value(token); fault != JsonFault::none) return fault;
    if (column >= 0) tokens_[static_cast<std::size_t>(column)] = token;
    if (*at_ >= limit_) return JsonFault::ended;
    const char next = here();
    if (next != ',' && next != '}') return JsonFault::expected_comma;
    ++at_;
    if (next == '}') return JsonFault::none;
  }
}

/// True if the member here has the name that the last object had at this place.
bool JsonWalker::is_remembered(std::size_t place) const {
  if (place >= order_.size() || order_[place].quoted.empty()) return false;
  const std::string& quoted = order_[place].quoted;
  const std::size_t begin = std::size_t{*at_} + 1;
  return begin + quoted.size() <= limit_ && std::memcmp(text_ + begin, quoted.data(), quoted.size()) == 0;
}

/// The column of the member here, or -1; remembers it for this place. Names are compared after their escapes.
std::int32_t JsonWalker::find_column(std::size_t place) {
  const std::string_view quoted = scalar_text();
  std::string_view name = quoted.substr(1, quoted.size() - std::min<std::size_t>(quoted.size(), 2));
  const bool plain = name.find('\\') == std::string_view::npos;
  if (!plain) {
    if (check_escapes(name) != EscapeFault::none) return -1;  // name_and_colon() refuses it.
    decoded_name_.resize(name.size());
    decoded_name_.resize(decode_escapes(name, decoded_name_.data()));
    name = decoded_name_;
  }
  const auto found = std::ranges::find(names_, name);
  const auto column = found == names_.end() ? -1 : static_cast<std::int32_t>(found - names_.begin());
  constexpr std::size_t kPlacesMax = 256;
  if (place >= kPlacesMax) return column;
  if (place >= order_.size()) order_.resize(place + 1);
  order_[place].quoted.clear();
  if (plain) order_[place].quoted.append(name).push_back('"');
  order_[place].column = column;
  return column;
}

/// The scalar here, quotes included: up to the blanks before the next position.
std::string_view JsonWalker::scalar_text() const {
  const std::uint32_t begin = at_[0];
  std::uint32_t end = std::max(at_[1], begin + 1);
  while (end > begin + 1 && is_blank(text_[end - 1])) --end;
  return {text_ + begin, end - begin};
}

JsonFault JsonWalker::name_and_colon() {
  if (here() != '"') return JsonFault::expected_name;
  if (escapes_) {
    JsonToken name;
    if (const JsonFault fault = string(name); fault != JsonFault::none) return fault;
  } else {
    ++at_;
  }
  if (here() != ':') return JsonFault::expected_colon;
  ++at_;
  return JsonFault::none;
}

JsonFault JsonWalker::value(JsonToken& token) {
  const char first = here();
  if (first == '"') return string(token);
  if (first == '{' || first == '[') return container(token);
  return scalar(token);
}

JsonFault JsonWalker::string(JsonToken& token) {
  const std::string_view quoted = scalar_text();
  if (quoted.size() < 2) return JsonFault::ended;
  token = {quoted.data() + 1, static_cast<std::uint32_t>(quoted.size() - 2), TokenKind::string};
  if (escapes_ && token.text().find('\\') != std::string_view::npos) {
    token.kind = TokenKind::escaped_string;
    if (const EscapeFault fault = check_escapes(token.text()); fault != EscapeFault::none) return fault_of(fault);
  }
  ++at_;
  return JsonFault::none;
}

JsonFault JsonWalker::scalar(JsonToken& token) {
  const std::string_view raw = scalar_text();
  token = {raw.data(), static_cast<std::uint32_t>(raw.size()), TokenKind::integer};
  if (!is_plain_integer(raw)) {
    if (is_json_number(raw))
      token.kind = TokenKind::number;
    else if (raw == "true" || raw == "false")
      token.kind = TokenKind::boolean;
    else if (raw == "null")
      token.kind = TokenKind::null;
    else
      return *at_ >= limit_ ? JsonFault::ended : JsonFault::bad_token;
  }
  ++at_;
  return JsonFault::none;
}

/// An object or array inside the row's, without recursion: `closers` are the brackets that are yet to come.
JsonFault JsonWalker::container(JsonToken& token) {
  const std::uint32_t begin = *at_;
  closers_.clear();
  do {
    const std::size_t depth = closers_.size();
    const bool opens = here() == '{' || here() == '[';
    JsonToken inner;
    if (const JsonFault fault = opens ? open_container() : value(inner); fault != JsonFault::none) return fault;
    if (closers_.size() > depth) continue;  // It is not empty: its first value is here.
    if (const JsonFault fault = after_value(); fault != JsonFault::none) return fault;
  } while (!closers_.empty());
  token = {text_ + begin, at_[-1] + 1 - begin, TokenKind::container};
  return JsonFault::none;
}

/// Steps to the first value of the container that opens here, or behind it if it is empty.
JsonFault JsonWalker::open_container() {
  if (*at_ >= limit_) return JsonFault::ended;
  if (closers_.size() + 2 > kJsonDepthMax) return JsonFault::too_deep;
  const char closer = here() == '{' ? '}' : ']';
  ++at_;
  if (here() == closer) {
    ++at_;
    return JsonFault::none;
  }
  closers_.push_back(closer);
  return closer == '}' ? name_and_colon() : JsonFault::none;
}

/// Behind a value: closes what ends here and steps to the next value, if any is to come.
JsonFault JsonWalker::after_value() {
  while (!closers_.empty()) {
    if (*at_ >= limit_) return JsonFault::ended;
    const char next = here();
    if (next != ',' && next != closers_.back()) return JsonFault::expected_comma;
    ++at_;
    if (next == ',') return closers_.back() == '}' ? name_and_colon() : JsonFault::none;
    closers_.pop_back();
  }
  return JsonFault::none;
}

}  // namespace kappa::processor
