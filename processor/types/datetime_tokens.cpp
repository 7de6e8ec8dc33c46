// Cuts the text of a timestamp, date or interval into pieces, as PostgreSQL does: only shapes are told apart here, and
// the same piece (1999-01-08, -08) may later be a date, a zone or a number. Blanks and stray punctuation separate.

#include "types/datetime_tokens.hpp"

#include "types/datetime_words.hpp"
#include "types/scalar_error.hpp"

namespace kappa::processor {
namespace {

[[nodiscard]] bool is_alphanumeric(char c) {
  return is_digit(c) || is_letter(c);
}
[[nodiscard]] bool is_punctuation(char c) {
  return c > ' ' && c < '\x7f' && !is_alphanumeric(c);
}
[[nodiscard]] bool is_one_of(char c, std::string_view set) {
  return c != '\0' && set.find(c) != std::string_view::npos;
}

}  // namespace

class TokenList::Scanner {
 public:
  Scanner(TokenList& list, std::string_view text, std::size_t bytes_max)
      : list_(list), rest_(text), bytes_max_(bytes_max) {}

  [[nodiscard]] bool run() {
    while (!rest_.empty()) {
      if (is_blank(peek())) {
        rest_.remove_prefix(1);
      } else if (!next()) {
        return false;
      }
    }
    return true;
  }

 private:
  [[nodiscard]] char peek() const { return rest_.empty() ? '\0' : rest_.front(); }

  void take() {
    if (used_ + 1 >= bytes_max_) overflow_ = true;
    if (!overflow_) list_.bytes_[used_++] = to_lower(rest_.front());
    rest_.remove_prefix(1);
  }
  template <typename Predicate>
  void take_while(Predicate wanted) {
    while (!rest_.empty() && wanted(rest_.front())) take();
  }

  [[nodiscard]] bool next() {
    if (list_.count_ >= kTokensMax) return false;
    start_ = used_;
    std::optional<TokenShape> shape;
    if (is_digit(peek())) {
      shape = take_number();
    } else if (peek() == '.') {
      take();
      take_while(is_digit);
      shape = TokenShape::number;
    } else if (is_letter(peek())) {
      shape = take_word();
    } else if (peek() == '+' || peek() == '-') {
      shape = take_signed();
    } else if (is_punctuation(peek())) {
      rest_.remove_prefix(1);
      return true;
    }
    return shape && close(*shape);
  }

  [[nodiscard]] bool close(TokenShape shape) {
    if (overflow_) return false;
    list_.tokens_[list_.count_++] = {shape, {list_.bytes_.data() + start_, used_ - start_}};
    ++used_;  // PostgreSQL ends each piece with a zero byte, which counts towards its limit.
    return used_ < bytes_max_ || rest_.empty();
  }

  [[nodiscard]] TokenShape take_number() {
    take_while(is_digit);
    if (peek() == ':') {
      take_while([](char c) { return is_digit(c) || c == ':' || c == '.'; });
      return TokenShape::time;
    }
    if (!is_one_of(peek(), "-/.")) return TokenShape::number;
    const char delimiter = peek();
    take();
    if (!is_digit(peek())) {
      take_while([delimiter](char c) { return is_alphanumeric(c) || c == delimiter; });
      // A number with nothing behind its point is a date to PostgreSQL too; only the decoder can tell.
      return TokenShape::date;
    }
    take_while(is_digit);
    // A point once is a decimal, twice a date; other delimiters make a date at once.
    if (peek() != delimiter) return delimiter == '.' ? TokenShape::number : TokenShape::date;
    take_while([delimiter](char c) { return is_digit(c) || c == delimiter; });
    return TokenShape::date;
  }

  [[nodiscard]] TokenShape take_word() {
    take_while(is_letter);
    const std::string_view word{list_.bytes_.data() + start_, used_ - start_};
    // "y2001" is a label and a number, while "est5edt" is the name of a zone.
    const bool joined = is_one_of(peek(), "-/.") || ((peek() == '+' || is_digit(peek())) && !find_datetime_word(word));
    if (!joined) return TokenShape::word;
    take_while([](char c) { return is_alphanumeric(c) || is_one_of(c, "+-/_.:"); });
    return TokenShape::date;
  }

  [[nodiscard]] std::optional<TokenShape> take_signed() {
    take();
    while (is_blank(peek())) rest_.remove_prefix(1);
    if (is_digit(peek())) {
      take_while([](char c) { return is_digit(c) || is_one_of(c, ":.-"); });
      return TokenShape::sign;
    }
    if (!is_letter(peek())) return std::nullopt;
    take_while(is_letter);
    return TokenShape::signed_word;
  }

  TokenList& list_;
  std::string_view rest_;
  std::size_t bytes_max_;
  std::size_t used_ = 0;
  std::size_t start_ = 0;
  bool overflow_ = false;
};

bool TokenList::read(std::string_view text, std::size_t bytes_max) {
  return Scanner(*this, text, bytes_max < kBytesMax ? bytes_max : kBytesMax).run();
}

}  // namespace kappa::processor
