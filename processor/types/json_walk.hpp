#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kappa/processor/value.hpp"
#include "types/json_index.hpp"

namespace kappa::processor {

/// Containers inside one another, the object of the row included; deeper is refused.
inline constexpr std::size_t kJsonDepthMax = 512;

enum class TokenKind : std::uint8_t { absent, null, boolean, integer, number, string, escaped_string, container };

/// A member's value as it stands in the text: of a string the inside (escapes checked), else the raw token.
struct JsonToken {
  const char* begin = nullptr;
  std::uint32_t size = 0;
  TokenKind kind = TokenKind::absent;
  [[nodiscard]] std::string_view text() const { return {begin, size}; }
};

/// Why a text is no JSON object.
enum class JsonFault : std::uint8_t {
  none,
  empty,
  not_utf8,
  control_character,
  ended,
  array,
  scalar,
  bad_token,
  expected_name,
  expected_colon,
  expected_comma,
  trailing,
  too_deep,
  unknown_escape,
  bad_unicode_digits,
  zero,
  lone_surrogate
};

/// The row error of a fault: SQLSTATE and PostgreSQL's wording, with the byte where it was met.
[[nodiscard]] ErrorPointer describe(JsonFault fault, std::string_view text, std::size_t at);

/// Likewise for what the indexer finds; the outcome is not ok.
[[nodiscard]] ErrorPointer describe(IndexOutcome outcome, std::string_view text);

/// A member that no column takes, though one differs from it only by case (of ASCII letters).
struct CaseMiss {
  std::size_t slot = 0;  ///< Of the name that it resembles.
  std::string member;
};

/// Walks the token positions of objects, validating all of them and keeping the tokens of named members. Remembers the
/// order of members of the object before: a topic's events mostly agree in it. Not thread-safe.
class JsonWalker {
 public:
  explicit JsonWalker(std::vector<std::string> names);

  /// Sets the text and the positions that a JsonIndexer found in it.
  void start(std::string_view text, const std::uint32_t* positions);
  /// The next document, which ends before `limit` (an index into the text). After a fault the walker must be started
  /// anew; the fault is then only a hint, since an earlier document may have spoiled the positions.
  [[nodiscard]] JsonFault walk(std::uint32_t limit);
  /// Byte of the text where the last fault was met.
  [[nodiscard]] std::size_t fault_position() const { return *at_; }
  /// Tokens of the last object, as `names`: of duplicate members the last. One more element means nothing.
  [[nodiscard]] const std::vector<JsonToken>& tokens() const { return tokens_; }
  /// The first such member for each name so far.
  [[nodiscard]] const std::vector<CaseMiss>& case_misses() const { return case_misses_; }

 private:
  /// A member as the last object had it at this place.
  struct Expected {
    std::string quoted;      ///< Name and closing quote; empty where the name has escapes.
    std::uint64_t head = 0;  ///< The first eight bytes of `quoted`, or as many as it has,
    std::uint64_t mask = 0;  ///< and which bytes of `head` those are.
    std::size_t slot = 0;
  };

  /// The byte at the next position; 0 at the document's end, whatever bytes follow it there.
  [[nodiscard]] char here() const { return *at_ < limit_ ? text_[*at_] : '\0'; }
  [[nodiscard]] std::string_view scalar_text() const;
  [[nodiscard]] JsonFault not_an_object();
  [[nodiscard]] JsonFault members();
  [[nodiscard]] bool is_remembered(std::size_t place) const;
  [[nodiscard]] std::size_t find_slot(std::size_t place);
  void note_case_miss(std::string_view name);
  void remember(std::size_t place, std::string_view name, std::size_t slot);
  [[nodiscard]] std::size_t common_members();
  [[nodiscard]] JsonFault value(JsonToken& token);
  [[nodiscard]] JsonFault string(JsonToken& token);
  [[nodiscard]] JsonFault scalar(JsonToken& token);
  [[nodiscard]] JsonFault container(JsonToken& token);
  [[nodiscard]] JsonFault open_container();
  [[nodiscard]] JsonFault after_value();
  [[nodiscard]] JsonFault name_and_colon();

  std::vector<std::string> names_;
  std::vector<CaseMiss> case_misses_;
  std::vector<JsonToken> tokens_;  ///< A slot a name, and one more for what nobody asked for.
  std::vector<Expected> order_;
  std::vector<char> closers_;  ///< Brackets that are yet to come inside the member's value.
  std::string decoded_name_;

  const char* text_ = nullptr;
  std::size_t text_bytes_ = 0;
  const std::uint32_t* at_ = nullptr;
  std::uint32_t limit_ = 0;
  std::size_t next_backslash_ = 0;
  bool escapes_ = false;
};

}  // namespace kappa::processor
