// Times on the command line and in fields: RFC 3339 and numbers in several units. An input is a time as a number, then
// a text.
#include "fuzz.hpp"
#include "text/time_text.hpp"

namespace kappa::fuzz {
namespace {

using namespace cli;

void check(Micros time) {
  const std::string text = rfc3339(time);
  require(take_rfc3339(text, Zone::required) == time, "a time comes back from its text", text);
  require(take_timestamp(text, TimestampFormat::automatic) == time, "a time's text is recognised", text);
}

}  // namespace

void run(Bytes input) {
  FuzzInput take(input);
  const auto time = take.take<Micros>();
  if (time != kNoTimestamp) check(time);
  const std::string_view text = as_text(take.rest());
  for (const TimestampFormat format : {TimestampFormat::automatic, TimestampFormat::rfc3339, TimestampFormat::unix_s,
                                       TimestampFormat::unix_ms, TimestampFormat::unix_us}) {
    const auto taken = take_timestamp(text, format);
    if (taken) require(*taken != kNoTimestamp, "a timestamp is not the mark of its absence", text);
    if (taken) check(*taken);
  }
  const auto zoned = take_rfc3339(text, Zone::required);
  if (zoned) require(take_rfc3339(text, Zone::utc_if_absent) == zoned, "a zone that is given counts", text);
  static_cast<void>(timestamp_format(text));
}

}  // namespace kappa::fuzz
