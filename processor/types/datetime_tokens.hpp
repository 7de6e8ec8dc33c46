#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace kappa::processor {

/// What a piece of a time's text looks like, before anything is known about what it means.
enum class TokenShape {
  number,      ///< 20150715, 12.5, .5
  date,        ///< 2015-07-15, 8-Jan-99, America/New_York
  time,        ///< 04:05:06.789
  sign,        ///< +02:00, -8, -1.5: a zone or a signed number
  word,        ///< jan
  signed_word  ///< -infinity
};

struct Token {
  TokenShape shape = TokenShape::number;
  std::string_view text;  ///< Lower case; into the TokenList.
};

/// The pieces of one text, in storage of fixed size: nothing is allocated. Not copyable, since tokens point into it.
class TokenList {
 public:
  TokenList() = default;
  TokenList(const TokenList&) = delete;
  TokenList& operator=(const TokenList&) = delete;

  /// False where the text has no such pieces, or too many or too long ones: more than `bytes_max` in all.
  [[nodiscard]] bool read(std::string_view text, std::size_t bytes_max);

  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] const Token& operator[](std::size_t i) const { return tokens_[i]; }

 private:
  class Scanner;
  static constexpr std::size_t kTokensMax = 25;
  static constexpr std::size_t kBytesMax = 256;

  std::array<Token, kTokensMax> tokens_;
  std::array<char, kBytesMax> bytes_;
  std::size_t count_ = 0;
};

}  // namespace kappa::processor
