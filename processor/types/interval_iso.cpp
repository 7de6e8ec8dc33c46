// ISO 8601 durations. With designators, P1Y2M3DT4H5M6S, every number names its unit; the alternative formats look like
// a date and a time, with separators or, at exactly eight and six digits, without. Numbers may be negative and have
// fractions, as PostgreSQL allows.

#include <cmath>

#include "types/double_scan.hpp"
#include "types/interval_decoder.hpp"
#include "types/scalar_error.hpp"

namespace kappa::processor {
namespace {

class IsoDecoder {
 public:
  IsoDecoder(std::string_view text, IntervalSum& sum) : rest_(text), sum_(sum) {}

  [[nodiscard]] TimeFault run() {
    while (!rest_.empty() && !done_) {
      if (rest_.front() == 'T') {
        rest_.remove_prefix(1);
        begin_time();
        continue;
      }
      const std::size_t width = integer_width();
      if (const TimeFault fault = take_number(); fault != TimeFault::none) return fault;
      const char unit = take_unit();
      const TimeFault fault = in_time_ ? take_time(unit, width) : take_date(unit, width);
      if (fault != TimeFault::none) return fault;
    }
    return TimeFault::none;
  }

 private:
  static constexpr char kEnd = '\0';

  void begin_time() {
    in_time_ = true;
    has_field_ = false;
  }

  [[nodiscard]] std::size_t integer_width() const {
    std::string_view digits = rest_;
    if (digits.front() == '-') digits.remove_prefix(1);
    std::size_t width = 0;
    while (width < digits.size() && is_digit(digits[width])) ++width;
    return width;
  }

  /// The next number, into whole_ and fraction_.
  [[nodiscard]] TimeFault take_number() {
    constexpr double kLimit = 1.0e15;
    if (rest_.empty() || (!is_digit(rest_.front()) && rest_.front() != '-' && rest_.front() != '.'))
      return TimeFault::bad_format;
    double value = 0;
    const auto [end, outcome] = scan_double(rest_, value);
    if (outcome != std::errc{}) return TimeFault::bad_format;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    if (std::isnan(value) || value < -kLimit || value > kLimit) return TimeFault::field_overflow;
    whole_ = static_cast<std::int64_t>(value);
    fraction_ = value - static_cast<double>(whole_);
    return TimeFault::none;
  }

  [[nodiscard]] char take_unit() {
    if (rest_.empty()) return kEnd;
    const char unit = rest_.front();
    rest_.remove_prefix(1);
    return unit;
  }

  [[nodiscard]] TimeFault add(TimeUnit unit) { return add(whole_, fraction_, unit); }
  [[nodiscard]] TimeFault add(std::int64_t whole, double fraction, TimeUnit unit) {
    has_field_ = true;
    return sum_.add(whole, fraction, unit) ? TimeFault::none : TimeFault::field_overflow;
  }
  [[nodiscard]] TimeFault add_next(TimeUnit unit) {
    if (const TimeFault fault = take_number(); fault != TimeFault::none) return fault;
    return add(unit);
  }

  [[nodiscard]] TimeFault take_date(char unit, std::size_t width) {
    constexpr std::size_t kBasicWidth = 8;
    switch (unit) {
      case 'Y':
        return add(TimeUnit::year);
      case 'M':
        return add(TimeUnit::month);
      case 'W':
        return add(TimeUnit::week);
      case 'D':
        return add(TimeUnit::day);
      case 'T':
      case kEnd:
        return width == kBasicWidth && !has_field_ ? take_basic_date(unit) : take_extended_date(unit);
      case '-':
        return take_extended_date(unit);
      default:
        return TimeFault::bad_format;
    }
  }

  [[nodiscard]] TimeFault take_basic_date(char unit) {
    const bool fits = sum_.add(whole_ / 10'000, 0, TimeUnit::year) &&
                      sum_.add(whole_ / 100 % 100, 0, TimeUnit::month) &&
                      sum_.add(whole_ % 100, fraction_, TimeUnit::day);
    end_date(unit);
    return fits ? TimeFault::none : TimeFault::field_overflow;
  }

  void end_date(char unit) {
    if (unit == 'T') begin_time();
    done_ = unit == kEnd;
  }

  [[nodiscard]] TimeFault take_extended_date(char unit) {
    if (has_field_) return TimeFault::bad_format;
    TimeFault fault = add(TimeUnit::year);
    for (const TimeUnit next : {TimeUnit::month, TimeUnit::day}) {
      if (fault != TimeFault::none || unit != '-') break;
      fault = add_next(next);
      unit = take_unit();
    }
    if (fault != TimeFault::none) return fault;
    if (unit != 'T' && unit != kEnd) return TimeFault::bad_format;
    end_date(unit);
    return TimeFault::none;
  }

  [[nodiscard]] TimeFault take_time(char unit, std::size_t width) {
    constexpr std::size_t kBasicWidth = 6;
    switch (unit) {
      case 'H':
        return add(TimeUnit::hour);
      case 'M':
        return add(TimeUnit::minute);
      case 'S':
        return add(TimeUnit::second);
      case kEnd:
        return width == kBasicWidth && !has_field_ ? take_basic_time() : take_extended_time(unit);
      case ':':
        return take_extended_time(unit);
      default:
        return TimeFault::bad_format;
    }
  }

  [[nodiscard]] TimeFault take_basic_time() {
    done_ = true;
    const bool fits = sum_.add(whole_ / 10'000, 0, TimeUnit::hour) &&
                      sum_.add(whole_ / 100 % 100, 0, TimeUnit::minute) &&
                      sum_.add(whole_ % 100, 0, TimeUnit::second) && sum_.add(0, fraction_, TimeUnit::microsecond);
    return fits ? TimeFault::none : TimeFault::field_overflow;
  }

  [[nodiscard]] TimeFault take_extended_time(char unit) {
    if (has_field_) return TimeFault::bad_format;
    TimeFault fault = add(TimeUnit::hour);
    for (const TimeUnit next : {TimeUnit::minute, TimeUnit::second}) {
      if (fault != TimeFault::none || unit != ':') break;
      fault = add_next(next);
      unit = take_unit();
    }
    done_ = true;
    if (fault != TimeFault::none) return fault;
    return unit == kEnd ? TimeFault::none : TimeFault::bad_format;
  }

  std::string_view rest_;
  IntervalSum& sum_;
  std::int64_t whole_ = 0;
  double fraction_ = 0;
  bool in_time_ = false;
  bool has_field_ = false;
  bool done_ = false;
};

}  // namespace

TimeFault decode_iso_interval(std::string_view text, IntervalSum& sum) {
  if (text.size() < 2 || text.front() != 'P') return TimeFault::bad_format;
  return IsoDecoder(text.substr(1), sum).run();
}

}  // namespace kappa::processor
