// Text of interval, in IntervalStyle postgres. The sign of a part is written where it differs from what a reader would
// expect: a positive part behind a negative one gets a plus.

#include "types/calendar.hpp"
#include "types/interval_decoder.hpp"
#include "types/scalar_error.hpp"

namespace kappa::processor {
namespace {

/// What has been written decides about blanks and signs of what follows.
struct Written {
  bool any = false;
  bool negative = false;  ///< The last part was.
};

void put_part(std::int64_t value, std::string_view unit, Written& written, std::string& to) {
  if (value == 0) return;
  if (written.any) to.push_back(' ');
  if (written.negative && value > 0) to.push_back('+');
  format_integer(value, to);
  to.append(" ").append(unit).append(value == 1 ? "" : "s");
  written = {true, value < 0};
}

void put_two_digits(std::uint64_t value, std::string& to) {
  if (value < 10) to.push_back('0');
  to.append(std::to_string(value));
}

void put_clock(std::int64_t micros, const Written& written, std::string& to) {
  if (written.any && micros == 0) return;
  if (written.any) to.push_back(' ');
  if (micros < 0) {
    to.push_back('-');
  } else if (written.negative) {
    to.push_back('+');
  }
  // Unsigned, since the least integer has no positive counterpart.
  const std::uint64_t rest =
      micros < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(micros) : static_cast<std::uint64_t>(micros);
  put_two_digits(rest / kMicrosPerHour, to);
  to.push_back(':');
  put_two_digits(rest / kMicrosPerMinute % 60, to);
  to.push_back(':');
  put_two_digits(rest / kMicrosPerSecond % 60, to);
  const std::uint64_t fraction = rest % kMicrosPerSecond;
  if (fraction == 0) return;
  to.append(fmt::format(".{:06}", fraction));
  while (to.back() == '0') to.pop_back();
}

}  // namespace

Scalar<Interval> parse_interval(std::string_view text) {
  IntervalSum sum;
  TimeFault fault = decode_interval(text, sum);
  if (fault == TimeFault::bad_format) {
    sum = {};
    fault = decode_iso_interval(text, sum);
  }
  if (fault == TimeFault::field_overflow) fault = TimeFault::interval_overflow;
  if (fault != TimeFault::none) return std::unexpected(time_error(fault, "interval", text, {}));
  const std::optional<Interval> result = sum.result();
  if (!result) return row_error(kDatetimeFieldOverflow, "interval out of range");
  return *result;
}

void format_interval(const Interval& value, std::string& to) {
  Written written;
  put_part(value.months / kMonthsPerYear, "year", written, to);
  put_part(value.months % kMonthsPerYear, "mon", written, to);
  put_part(value.days, "day", written, to);
  put_clock(value.micros, written, to);
}

}  // namespace kappa::processor
