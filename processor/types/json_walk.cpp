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

#include "kappa/base/json_escape.hpp"
#include "types/digits.hpp"
#include "types/json_text.hpp"

namespace kappa::processor {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

char fold(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

JsonFault fault_of(EscapeFault fault) {
  switch (fault) {
    case EscapeFault::unknown_escape:
      return JsonFault::unknown_escape;
    case EscapeFault::bad_unicode_digits:
      return JsonFault::bad_unicode_digits;
    case EscapeFault::lone_surrogate:
      return JsonFault::lone_surrogate;
  }
  return JsonFault::bad_token;
}

/// Checks the escapes of a string's inside. No text of PostgreSQL's holds a zero byte.
JsonFault check_escapes(std::string_view inside) {
  while (true) {
    inside.remove_prefix(std::min(inside.find('\\'), inside.size()));
    if (inside.empty()) return JsonFault::none;
    const auto code = take_escape(inside);
    if (!code) return fault_of(code.error());
    if (*code == 0) return JsonFault::zero;
  }
}

/// True for an optional sign and at most 16 digits without a leading zero: the form of nearly all numbers.
bool is_short_integer(const char* text, std::size_t size) {
  if (*text == '-') ++text, --size;
  constexpr std::size_t kStep = 8;
  if (size == 0 || size > 2 * kStep || (*text == '0' && size > 1)) return false;
  if (size <= kStep) return are_digits(load_digits(text, size));
  return are_digits(load_eight(text)) && are_digits(load_digits(text + kStep, size - kStep));
}

/// True if the text begins with a name and its closing quote. `head` holds the first eight bytes under `mask`; longer
/// names need as many readable bytes as they have.
bool is_name(const char* text, const std::string& quoted, std::uint64_t head, std::uint64_t mask) {
  constexpr std::size_t kStep = sizeof head;
  if ((load_eight(text) & mask) != head) return false;
  if (quoted.size() <= kStep) return !quoted.empty();
  if (quoted.size() <= 2 * kStep)
    return load_eight(text + quoted.size() - kStep) == load_eight(quoted.data() + quoted.size() - kStep);
  return std::memcmp(text + kStep, quoted.data() + kStep, quoted.size() - kStep) == 0;
}

}  // namespace

JsonWalker::JsonWalker(std::vector<std::string> names) : names_(std::move(names)), tokens_(names_.size() + 1) {}

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
  if (here() != '{') return not_an_object();
  ++at_;
  if (here() == '}' && *at_ < limit)
    ++at_;
  else if (const JsonFault fault = members(); fault != JsonFault::none)
    return fault;
  return *at_ < limit ? JsonFault::trailing : JsonFault::none;
}

/// Bad syntax wins over the finding that the text is JSON but no object.
JsonFault JsonWalker::not_an_object() {
  const JsonFault otherwise = here() == '[' ? JsonFault::array : JsonFault::scalar;
  JsonToken whole;
  if (const JsonFault fault = value(whole); fault != JsonFault::none) return fault;
  return *at_ < limit_ ? JsonFault::trailing : otherwise;
}

/// Takes members from the front as long as they are as most are: the name remembered for this place, then an integer or
/// a string, without blanks and escapes. Returns how many; the positions then stand at the next name. Does the same as
/// one_member() for fewer instructions, and leaves to it whatever looks different, the last member included.
std::size_t JsonWalker::common_members() {
  const char* const text = text_;
  const std::uint32_t* at = at_;
  std::size_t place = 0;
  for (; place < order_.size(); ++place, at += 4) {
    const Expected& expected = order_[place];
    const std::uint32_t next = at[3];
    const std::uint32_t begin = at[2];
    if (next >= limit_ || next <= begin || text[next] != ',' || text[at[1]] != ':' || text[at[0]] != '"') break;
    if (at[1] - at[0] != expected.quoted.size() + 1) break;  // Also: the name can be read to its end.
    if (!is_name(text + at[0] + 1, expected.quoted, expected.head, expected.mask)) break;
    const char* const value = text + begin;
    JsonToken token;
    if (*value == '"' && text[next - 1] == '"' && next > begin + 1)
      token = {value + 1, next - begin - 2, TokenKind::string};
    else if (is_short_integer(value, next - begin))
      token = {value, next - begin, TokenKind::integer};
    else
      break;
    tokens_[expected.slot] = token;
  }
  at_ = at;
  return place;
}

/// From the first member's name to behind the closing brace.
JsonFault JsonWalker::members() {
  for (std::size_t place = escapes_ ? 0 : common_members();; ++place) {
    if (here() != '"') return JsonFault::expected_name;
    const std::size_t slot = is_remembered(place) ? order_[place].slot : find_slot(place);
    if (const JsonFault fault = name_and_colon(); fault != JsonFault::none) return fault;
    if (const JsonFault fault = value(tokens_[slot]); fault != JsonFault::none) return fault;
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
  const Expected& expected = order_[place];
  const std::size_t begin = std::size_t{*at_} + 1;
  return begin + expected.quoted.size() <= limit_ &&
         is_name(text_ + begin, expected.quoted, expected.head, expected.mask);
}

/// The slot of the member here; remembers it for this place. Names are compared after their escapes.
std::size_t JsonWalker::find_slot(std::size_t place) {
  const std::string_view quoted = scalar_text();
  std::string_view name = quoted.substr(1, quoted.size() - std::min<std::size_t>(quoted.size(), 2));
  const bool plain = name.find('\\') == std::string_view::npos;
  if (!plain) {
    if (check_escapes(name) != JsonFault::none) return names_.size();  // name_and_colon() refuses it.
    decoded_name_.resize(name.size());
    decoded_name_.resize(*decode_escapes(name, decoded_name_.data()));
    name = decoded_name_;
  }
  const auto slot = static_cast<std::size_t>(std::ranges::find(names_, name) - names_.begin());
  if (slot == names_.size()) note_case_miss(name);
  if (plain) remember(place, name, slot);
  return slot;
}

/// Costs next to nothing: names that come again at the same place do not get here.
void JsonWalker::note_case_miss(std::string_view name) {
  const auto resembles = [name](const std::string& column) {
    return column.size() == name.size() &&
           std::ranges::equal(column, name, [](char a, char b) { return fold(a) == fold(b); });
  };
  const auto column = std::ranges::find_if(names_, resembles);
  if (column == names_.end()) return;
  const auto slot = static_cast<std::size_t>(column - names_.begin());
  if (std::ranges::find(case_misses_, slot, &CaseMiss::slot) == case_misses_.end())
    case_misses_.push_back({slot, std::string(name)});
}

void JsonWalker::remember(std::size_t place, std::string_view name, std::size_t slot) {
  constexpr std::size_t kPlacesMax = 256;
  if (place >= kPlacesMax) return;
  if (place >= order_.size()) order_.resize(place + 1);
  Expected& expected = order_[place];
  expected.quoted.assign(name).push_back('"');
  const std::size_t head_bytes = std::min(expected.quoted.size(), sizeof expected.head);
  expected.head = 0;
  std::memcpy(&expected.head, expected.quoted.data(), head_bytes);
  expected.mask = ~std::uint64_t{0} >> (64 - 8 * head_bytes);
  expected.slot = slot;
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
    if (const JsonFault fault = check_escapes(token.text()); fault != JsonFault::none) return fault;
  }
  ++at_;
  return JsonFault::none;
}

JsonFault JsonWalker::scalar(JsonToken& token) {
  const std::string_view raw = scalar_text();
  token = {raw.data(), static_cast<std::uint32_t>(raw.size()), TokenKind::integer};
  if (!is_short_integer(raw.data(), raw.size())) {
    if (is_json_number(raw))
      token.kind = raw.find_first_of(".eE") == std::string_view::npos ? TokenKind::integer : TokenKind::number;
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
