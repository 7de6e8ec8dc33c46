// Reads an interval's text from its end, as PostgreSQL does: so a unit is known before its number, and "3 04:05:06"
// means three days because a time stands to the right. A unit named twice is a bad format.

#include "types/interval_decoder.hpp"

#include <limits>

#include "types/datetime_tokens.hpp"
#include "types/scalar_error.hpp"

namespace kappa::processor {
namespace {

constexpr std::size_t kIntervalTextMax = 256;

/// Units that were taken, as a set.
constexpr std::uint32_t bit(TimeUnit unit) {
  return 1U << static_cast<unsigned>(unit);
}
constexpr std::uint32_t kSeconds = bit(TimeUnit::second) | bit(TimeUnit::millisecond) | bit(TimeUnit::microsecond);
constexpr std::uint32_t kClock = kSeconds | bit(TimeUnit::minute) | bit(TimeUnit::hour);

class Decoder {
 public:
  Decoder(const TokenList& tokens, IntervalSum& sum) : tokens_(tokens), sum_(sum) {}

  [[nodiscard]] TimeFault run() {
    for (std::size_t i = tokens_.size(); i > 0; --i)
      if (const TimeFault fault = take(tokens_[i - 1]); fault != TimeFault::none) return fault;
    if (found_ == 0) return TimeFault::bad_format;
    return ago_ && !sum_.negate() ? TimeFault::field_overflow : TimeFault::none;
  }

 private:
  [[nodiscard]] TimeFault mark(std::uint32_t bits) {
    if ((found_ & bits) != 0) return TimeFault::bad_format;
    found_ |= bits;
    return TimeFault::none;
  }

  [[nodiscard]] TimeFault take(const Token& token) {
    switch (token.shape) {
      case TokenShape::time:
        return take_clock(token.text);
      case TokenShape::sign:
        return take_signed(token.text);
      case TokenShape::date:
      case TokenShape::number:
        return take_number(token.text);
      case TokenShape::word:
      case TokenShape::signed_word:
        return take_word(token.text);
    }
    return TimeFault::bad_format;
  }

  /// Without its sign, so that the least interval cannot be written as a time.
  [[nodiscard]] static TimeFault read_micros(std::string_view text, std::int64_t& micros) {
    ClockTime time;
    if (const TimeFault fault = read_clock(text, time); fault != TimeFault::none) return fault;
    const std::int64_t rest = time.minute * kMicrosPerMinute + time.second * kMicrosPerSecond + time.micros;
    const bool overflows =
        __builtin_mul_overflow(time.hour, kMicrosPerHour, &micros) || __builtin_add_overflow(micros, rest, &micros);
    return overflows ? TimeFault::field_overflow : TimeFault::none;
  }

  [[nodiscard]] TimeFault take_clock(std::string_view text) {
    std::int64_t micros = 0;
    if (const TimeFault fault = read_micros(text, micros); fault != TimeFault::none) return fault;
    return take_micros(micros);
  }

  [[nodiscard]] TimeFault take_micros(std::int64_t micros) {
    sum_.replace_micros(micros);
    unit_ = TimeUnit::day;
    return mark(kClock);
  }

  /// "-04:05" is a time, where it can be read as one; else a signed number.
  [[nodiscard]] TimeFault take_signed(std::string_view text) {
    const std::string_view time = text.substr(1);
    std::int64_t micros = 0;
    if (time.find(':') != std::string_view::npos && read_micros(time, micros) == TimeFault::none)
      return take_micros(text.front() == '-' ? -micros : micros);
    return take_number(text);
  }

  [[nodiscard]] TimeFault take_number(std::string_view text) {
    const bool negative = text.front() == '-';
    std::int64_t value = 0;
    double fraction = 0;
    if (!take_integer(text, std::numeric_limits<std::int64_t>::max(), value)) return TimeFault::field_overflow;
    if (!text.empty() && text.front() == '-') return take_years_and_months(value, negative, text.substr(1));
    if (!text.empty() && !read_fraction(text, fraction)) return TimeFault::bad_format;
    if (!unit_) return TimeFault::bad_format;
    return add(value, negative ? -fraction : fraction, *unit_);
  }

  /// "1-2": the SQL standard's years and months.
  [[nodiscard]] TimeFault take_years_and_months(std::int64_t years, bool negative, std::string_view rest) {
    std::int64_t months = 0;
    if (!take_integer(rest, kInt32Max, months) || months < 0 || months >= kMonthsPerYear)
      return TimeFault::field_overflow;
    if (!rest.empty()) return TimeFault::bad_format;
    if (__builtin_mul_overflow(years, kMonthsPerYear, &years) ||
        __builtin_add_overflow(years, negative ? -months : months, &years))
      return TimeFault::field_overflow;
    unit_ = TimeUnit::month;
    return add(years, 0, TimeUnit::month);
  }

  [[nodiscard]] TimeFault add(std::int64_t value, double fraction, TimeUnit unit) {
    if (unit == TimeUnit::quarter || unit > TimeUnit::millennium) return TimeFault::bad_format;
    unit_ = unit == TimeUnit::hour ? TimeUnit::day : unit;
    if (!sum_.add(value, fraction, unit)) return TimeFault::field_overflow;
    return mark(unit == TimeUnit::second && fraction != 0 ? kSeconds : bit(unit));
  }

  [[nodiscard]] TimeFault take_word(std::string_view text) {
    const std::optional<Word> word = find_interval_word(text);
    if (!word) return TimeFault::bad_format;
    if (word->kind == WordKind::ago) {
      ago_ = true;
      unit_.reset();  // A number right before it has no unit, not even seconds.
      return TimeFault::none;
    }
    unit_ = word->unit;
    return TimeFault::none;
  }

  const TokenList& tokens_;
  IntervalSum& sum_;
  std::optional<TimeUnit> unit_ = TimeUnit::second;  ///< Of the next number to the left.
  bool ago_ = false;
  std::uint32_t found_ = 0;
};

}  // namespace

TimeFault decode_interval(std::string_view text, IntervalSum& sum) {
  TokenList tokens;
  if (!tokens.read(text, kIntervalTextMax)) return TimeFault::bad_format;
  return Decoder(tokens, sum).run();
}

}  // namespace kappa::processor
