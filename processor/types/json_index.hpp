#pragma once
#include <cstdint>
#include <memory>
#include <string_view>

namespace kappa::processor {

/// What is wrong with bytes that are no JSON text already by their alphabet.
enum class IndexOutcome : std::uint8_t { ok, empty, not_utf8, control_character, unclosed_string };

/// Finds where the tokens of JSON text begin: every brace, bracket, colon and comma outside strings, every opening
/// quote, every first byte of another scalar. Checks UTF-8, control characters in strings, and that the last string is
/// closed. The text may be several documents in a row. Not thread-safe; keeps its memory between calls.
class JsonIndexer {
 public:
  JsonIndexer();
  ~JsonIndexer();
  [[nodiscard]] IndexOutcome index(std::string_view text);
  /// Positions in the text last indexed, ascending; at least three more elements can be read behind the last, the
  /// first of which is the text's size. Valid until the next index().
  [[nodiscard]] const std::uint32_t* positions() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace kappa::processor
