// The envelopes of `append -J`. What they say comes back when it is written and read again; and so does every event.
#include <map>
#include <optional>
#include <string>

#include "fuzz.hpp"
#include "kappa/base/headers.hpp"
#include "text/envelope.hpp"
#include "text/json_scan.hpp"

namespace kappa::fuzz {
namespace {

using namespace cli;

std::optional<std::string> owned(const std::optional<Bytes>& bytes) {
  return bytes ? std::optional<std::string>(as_text(*bytes)) : std::nullopt;
}

/// `event` as it is written comes back; a timestamp that it does not have is written as `append_time`.
void round_trip(const EventView& event, Micros append_time) {
  EventView written = event;
  if (written.timestamp == kNoTimestamp) written.timestamp = append_time;
  std::string line;
  put_envelope({"t", 1, 2}, written, line);
  require(line.find('\n') == std::string::npos, "an envelope is one line", line);
  EnvelopeParser parser;
  const auto read = parser.parse(line);
  require(read.has_value(), "an envelope that was written can be read", line);
  require(owned(read->key) == owned(written.key), "the key comes back", line);
  require(owned(read->value) == owned(written.value), "the value comes back", line);
  require(as_text(read->headers) == as_text(written.headers), "the headers come back", line);
  require(read->timestamp == written.timestamp, "the timestamp comes back", line);
}

void write(FuzzInput take) {
  const std::uint8_t has = take.byte();
  EventView event;
  event.timestamp = take.take<Micros>();
  std::vector<std::byte> headers;
  if ((has & 1U) != 0) put_header(headers, {take.take_text(), std::nullopt});
  if ((has & 2U) != 0) put_header(headers, {take.take_text(), as_bytes(take.take_text())});
  if ((has & 4U) != 0) event.key = as_bytes(take.take_text());
  if ((has & 8U) == 0) event.value = take.rest();
  event.headers = headers;
  round_trip(event, 0);
}

}  // namespace

void run(Bytes input) {
  FuzzInput take(input);
  if ((take.byte() & 1U) != 0) return write(take);
  EnvelopeParser parser;
  const auto event = parser.parse(as_text(take.rest()));
  if (!event) return;
  require(valid_headers(event->headers), "headers are in their encoding");
  round_trip(*event, 7);
}

}  // namespace kappa::fuzz
