// What the pieces of a timestamp's or date's text mean together. Pieces are taken from left to right, each adds parts,
// and a part that comes twice is a bad format. A piece may depend on the one before it (a label and its number, the T
// and its time) and on what is known already (after a date, -08 is a zone and 040506 a time). The order of the checks
// is PostgreSQL's, since it decides which of several errors a bad text gives.

#include "types/datetime_decoder.hpp"

#include <optional>

#include "types/calendar.hpp"
#include "types/datetime_fields.hpp"
#include "types/datetime_tokens.hpp"
#include "types/datetime_words.hpp"
#include "types/scalar_error.hpp"

namespace kappa::processor {
namespace {

class Decoder {
 public:
  explicit Decoder(const TokenList& tokens) : tokens_(tokens) {}

  [[nodiscard]] DecodedTime run() {
    DecodedTime result;
    for (at_ = 0; at_ < tokens_.size() && result.fault == TimeFault::none; ++at_) result.fault = take(tokens_[at_]);
    if (result.fault == TimeFault::none) result.fault = validate_date();
    if (result.fault == TimeFault::none) result.fault = apply_meridiem();
    result.word = word_at_fault_;
    result.meaning = meaning_;
    if (result.fault == TimeFault::none && meaning_ == TimeMeaning::calendar && !is_complete())
      result.fault = TimeFault::bad_format;
    if (result.fault != TimeFault::none || meaning_ != TimeMeaning::calendar) return result;
    result.days = days_from_civil({fields_.year, static_cast<int>(fields_.month), static_cast<int>(fields_.day)});
    result.time_of_day = fields_.hour * kMicrosPerHour + fields_.minute * kMicrosPerMinute +
                         fields_.second * kMicrosPerSecond + fields_.micros;
    return result;
  }

 private:
  enum class Meridiem { none, am, pm };

  /// There is a date, and no daylight saving of a zone that says by itself when it has it.
  [[nodiscard]] bool is_complete() const {
    return fields_.has(field::kDate) && !(is_zone_posix_ && fields_.has(field::kDaylightSaving));
  }

  [[nodiscard]] TimeFault take(const Token& token) {
    switch (token.shape) {
      case TokenShape::date:
        return take_date(token.text);
      case TokenShape::time:
        if (label_ && *label_ != TimeUnit::iso_time) return TimeFault::bad_format;
        label_.reset();
        return fields_.take_clock(token.text);
      case TokenShape::sign:
        return take_zone(token.text);
      case TokenShape::number:
        return label_ ? take_labelled(token.text) : fields_.take_number(token.text);
      case TokenShape::word:
      case TokenShape::signed_word:
        return take_word(token.text);
    }
    return TimeFault::bad_format;
  }

  [[nodiscard]] TimeFault take_zone(std::string_view text) {
    if (const TimeFault fault = check_zone_offset(text); fault != TimeFault::none) return fault;
    return fields_.mark(field::kZone);
  }

  /// A piece that looks like a date: after a Julian day's label, or when the date is known, it is something else.
  [[nodiscard]] TimeFault take_date(std::string_view text) {
    if (label_ == TimeUnit::julian) return take_julian_with_zone(text);
    if (!label_ && !fields_.has(field::kMonth | field::kDay)) return fields_.take_date(text);
    if (!label_ && !is_digit(text.front())) {
      if (is_posix_zone(text)) {
        is_zone_posix_ = true;
        return fields_.mark(field::kZone);
      }
      word_at_fault_ = text;
      return TimeFault::unknown_zone;
    }
    if (label_ && *label_ != TimeUnit::iso_time) return TimeFault::bad_format;
    label_.reset();
    const std::size_t zone = text.find('-');
    if (fields_.has(field::kTime) || zone == std::string_view::npos) return TimeFault::bad_format;
    if (const TimeFault fault = check_zone_offset(text.substr(zone)); fault != TimeFault::none) return fault;
    if (const TimeFault fault = fields_.take_run(text.substr(0, zone)); fault != TimeFault::none) return fault;
    return fields_.mark(field::kZone);
  }

  [[nodiscard]] TimeFault take_julian_with_zone(std::string_view text) {
    std::int64_t number = 0;
    if (!take_integer(text, kInt32Max, number) || number < 0) return TimeFault::field_overflow;
    set_julian(number);
    if (const TimeFault fault = check_zone_offset(text); fault != TimeFault::none) return fault;
    label_.reset();
    return fields_.mark(field::kDate | field::kTime | field::kZone);
  }

  void set_julian(std::int64_t number) {
    const CivilDate date = civil_from_days(number - kEpochJulianDay);
    fields_.year = date.year;
    fields_.month = date.month;
    fields_.day = date.day;
    is_julian_ = true;
  }

  /// The number behind a label: y2001m02d04, J2451187.
  [[nodiscard]] TimeFault take_labelled(std::string_view text) {
    const TimeUnit unit = *label_;
    label_.reset();
    meaning_ = TimeMeaning::calendar;
    std::int64_t value = 0;
    std::string_view rest = text;
    if (!take_integer(rest, kInt32Max, value)) return TimeFault::field_overflow;
    const bool fractional = !rest.empty();
    const bool may_be_fractional = unit == TimeUnit::julian || unit == TimeUnit::iso_time || unit == TimeUnit::second;
    if (fractional && (rest.front() != '.' || !may_be_fractional)) return TimeFault::bad_format;
    switch (unit) {
      case TimeUnit::year:
        fields_.year = value;
        return fields_.mark(field::kYear);
      case TimeUnit::month:
        return take_labelled_month(value);
      case TimeUnit::day:
        fields_.day = value;
        return fields_.mark(field::kDay);
      case TimeUnit::hour:
        fields_.hour = value;
        return fields_.mark(field::kHour);
      case TimeUnit::minute:
        fields_.minute = value;
        return fields_.mark(field::kMinute);
      case TimeUnit::second:
        fields_.second = value;
        if (!fractional) return fields_.mark(field::kSecond);
        if (!read_fractional_second(rest, fields_.micros)) return TimeFault::bad_format;
        return fields_.mark(field::kSecond | field::kMicros);
      case TimeUnit::julian:
        return take_julian(value, rest);
      case TimeUnit::iso_time:
        return fields_.take_time_run(text);
      default:
        return TimeFault::bad_format;
    }
  }

  /// The m of y2001m02d04h05m06: minutes once month and hour are known.
  [[nodiscard]] TimeFault take_labelled_month(std::int64_t value) {
    if (fields_.has(field::kMonth | field::kHour)) {
      fields_.minute = value;
      return fields_.mark(field::kMinute);
    }
    fields_.month = value;
    return fields_.mark(field::kMonth);
  }

  [[nodiscard]] TimeFault take_julian(std::int64_t number, std::string_view fraction_text) {
    set_julian(number);
    if (fraction_text.empty()) return fields_.mark(field::kDate);
    double fraction = 0;
    if (!read_fraction(fraction_text, fraction)) return TimeFault::bad_format;
    const auto micros = static_cast<std::int64_t>(fraction * static_cast<double>(kMicrosPerDay));
    fields_.hour = micros / kMicrosPerHour;
    fields_.minute = micros / kMicrosPerMinute % 60;
    fields_.second = micros / kMicrosPerSecond % 60;
    fields_.micros = micros % kMicrosPerSecond;
    return fields_.mark(field::kDate | field::kTime);
  }

  [[nodiscard]] TimeFault take_word(std::string_view text) {
    if (is_zone_abbreviation(text)) return fields_.mark(field::kZone);
    const std::optional<Word> word = find_datetime_word(text);
    if (!word) return TimeFault::bad_format;
    switch (word->kind) {
      case WordKind::ignored:
        return TimeFault::none;
      case WordKind::month:
        return take_month(word->value);
      case WordKind::weekday:
        return fields_.mark(field::kWeekday);
      case WordKind::meridiem:
        meridiem_ = word->value == 0 ? Meridiem::am : Meridiem::pm;
        return fields_.mark(field::kMeridiem);
      case WordKind::era:
        before_christ_ = word->value != 0;
        return fields_.mark(field::kEra);
      case WordKind::daylight_saving:
        return fields_.mark(field::kDaylightSaving);
      case WordKind::label:
        label_ = word->unit;
        return TimeFault::none;
      case WordKind::iso_time:
        return take_iso_time();
      case WordKind::midnight:
        fields_.hour = fields_.minute = fields_.second = fields_.micros = 0;
        meaning_ = TimeMeaning::calendar;
        return fields_.mark(field::kTime | field::kZone);
      case WordKind::epoch:
        return take_meaning(TimeMeaning::epoch);
      case WordKind::infinity:
        return take_meaning(TimeMeaning::infinity);
      case WordKind::minus_infinity:
        return take_meaning(TimeMeaning::minus_infinity);
      case WordKind::clock:
        word_at_fault_ = text;
        return TimeFault::clock;
      default:
        return TimeFault::bad_format;
    }
  }

  [[nodiscard]] TimeFault take_meaning(TimeMeaning meaning) {
    meaning_ = meaning;
    return fields_.mark(field::kReserved);
  }

  /// A month's name behind a number that was taken for the month makes that number the day: 8 January 1999.
  [[nodiscard]] TimeFault take_month(int number) {
    const bool was_day = fields_.has(field::kMonth) && !fields_.named_month && !fields_.has(field::kDay) &&
                         fields_.month >= 1 && fields_.month <= 31;
    if (was_day) fields_.day = fields_.month;
    fields_.named_month = true;
    fields_.month = number;
    return fields_.mark(was_day ? field::kDay : field::kMonth);
  }

  [[nodiscard]] TimeFault take_iso_time() {
    if (!fields_.has(field::kDate) || at_ + 1 >= tokens_.size()) return TimeFault::bad_format;
    const TokenShape next = tokens_[at_ + 1].shape;
    if (next != TokenShape::number && next != TokenShape::time && next != TokenShape::date)
      return TimeFault::bad_format;
    label_ = TimeUnit::iso_time;
    return TimeFault::none;
  }

  [[nodiscard]] TimeFault validate_date() {
    if (fields_.has(field::kYear) && !is_julian_) {
      if (const TimeFault fault = complete_year(); fault != TimeFault::none) return fault;
    }
    if (fields_.has(field::kYearDay)) {
      const CivilDate date = civil_from_days(days_from_civil({fields_.year, 1, 1}) + fields_.year_day - 1);
      fields_.year = date.year;
      fields_.month = date.month;
      fields_.day = date.day;
    }
    if (fields_.has(field::kMonth) && (fields_.month < 1 || fields_.month > kMonthsPerYear))
      return TimeFault::field_overflow;
    if (fields_.has(field::kDay) && (fields_.day < 1 || fields_.day > 31)) return TimeFault::field_overflow;
    const bool beyond_month =
        fields_.has(field::kDate) && fields_.day > days_in_month(fields_.year, static_cast<int>(fields_.month));
    return beyond_month ? TimeFault::field_overflow : TimeFault::none;
  }

  /// There is no year 0 in texts; inside, 1 BC is 0. Years of two digits are 1970 to 2069.
  [[nodiscard]] TimeFault complete_year() {
    if (before_christ_) {
      if (fields_.year <= 0) return TimeFault::field_overflow;
      fields_.year = 1 - fields_.year;
      return TimeFault::none;
    }
    if (!fields_.short_year) return fields_.year <= 0 ? TimeFault::field_overflow : TimeFault::none;
    if (fields_.year < 0) return TimeFault::field_overflow;
    if (fields_.year < 100) fields_.year += fields_.year < 70 ? 2000 : 1900;
    return TimeFault::none;
  }

  [[nodiscard]] TimeFault apply_meridiem() {
    if (meridiem_ == Meridiem::none) return TimeFault::none;
    if (fields_.hour > 12) return TimeFault::field_overflow;
    if (meridiem_ == Meridiem::am && fields_.hour == 12) fields_.hour = 0;
    if (meridiem_ == Meridiem::pm && fields_.hour != 12) fields_.hour += 12;
    return TimeFault::none;
  }

  const TokenList& tokens_;
  std::size_t at_ = 0;
  DatetimeFields fields_;
  std::optional<TimeUnit> label_;  ///< The last word was a label; the next number is its value.
  TimeMeaning meaning_ = TimeMeaning::calendar;
  Meridiem meridiem_ = Meridiem::none;
  bool before_christ_ = false;
  bool is_julian_ = false;
  bool is_zone_posix_ = false;
  std::string word_at_fault_;
};

}  // namespace

DecodedTime decode_datetime(std::string_view text, std::size_t bytes_max) {
  TokenList tokens;
  DecodedTime bad;
  bad.fault = TimeFault::bad_format;
  if (!tokens.read(text, bytes_max)) return bad;
  return Decoder(tokens).run();
}

}  // namespace kappa::processor
