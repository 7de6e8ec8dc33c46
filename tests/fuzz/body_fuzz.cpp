// A frame's body: the table of sections, zstd streams, columns. An input is either a body, whose raw length and hash
// are put right first, or a list of events, which must come back from a body as they went in.
#include "format/body.hpp"
#include "format/codec.hpp"
#include "format/hash.hpp"
#include "fuzz.hpp"
#include "kappa/base/event_builder.hpp"
#include "kappa/base/headers.hpp"
#include "sample.hpp"

namespace kappa::fuzz {
namespace {

using namespace log;

/// The raw bytes of a body, as far as its table can be believed.
std::vector<std::byte> raw_bytes(Bytes body) {
  std::vector<std::byte> raw;
  FuzzInput take(body);
  const auto count = std::min(take.take<std::uint32_t>(), kSectionCountMax);
  std::vector<SectionEntry> entries;
  for (std::uint32_t i = 0; i < count; ++i) entries.push_back(take.take<SectionEntry>());
  for (const SectionEntry& entry : entries) {
    const Bytes stored = take.take_bytes(entry.stored_length);
    if (entry.raw_length > (1U << 20U)) return raw;
    std::vector<std::byte> section(entry.raw_length);
    if (!decompress(stored, entry.codec, section)) return raw;
    raw.insert(raw.end(), section.begin(), section.end());
  }
  return raw;
}

EventBatch decode(const EncodedBody& body) {
  FrameHeader header;
  header.event_count = body.event_count;
  header.raw_length = body.raw_length;
  header.raw_hash = body.raw_hash;
  auto batch = BodyDecoder().decode(header, body.padded().first(body.stored_length), {});
  require(batch.has_value(), "an encoded body decodes", batch ? "" : batch.error().what);
  return std::move(*batch);
}

/// Events that were taken from a body, or may go into one, go into another one and come back.
void round_trip(const EventColumns& columns, CompressionLevel level) {
  EncodedBody body;
  const auto encoded = encode_body(columns, level, body);
  require(encoded.has_value(), "decoded events can be encoded", encoded ? "" : encoded.error().message);
  require(sample::events_of(decode(body).columns) == sample::events_of(columns), "events come back as they were");
}

void decode_input(std::uint16_t events, Bytes body) {
  const auto raw = raw_bytes(body);
  FrameHeader header;
  header.event_count = events;
  header.raw_length = static_cast<std::uint32_t>(raw.size());
  header.raw_hash = hash_of(raw);
  const auto batch = BodyDecoder().decode(header, body, {});
  if (!batch) return;
  require(batch->columns.count == events, "a body has the events that its header tells of");
  for (std::size_t i = 0; i < events; ++i) require(valid_headers(batch->columns.headers[i]), "headers are whole");
  round_trip(batch->columns, CompressionLevel::stored);
}

void encode_input(FuzzInput take, CompressionLevel level) {
  EventBatchBuilder builder;
  while (!take.at_end() && builder.count() < 1000) {
    const std::uint8_t has = take.byte();
    EventView event;
    if ((has & 1U) != 0) event.key = as_bytes(take.take_text());
    if ((has & 2U) != 0) event.value = take.take_bytes(take.take<std::uint16_t>());
    if ((has & 4U) != 0) event.timestamp = take.take<Micros>();
    std::vector<std::byte> headers;
    if ((has & 8U) != 0) put_header(headers, {take.take_text(), std::nullopt});
    if ((has & 16U) != 0) put_header(headers, {take.take_text(), take.take_bytes(take.byte())});
    event.headers = headers;
    builder.add(event);
  }
  if (builder.count() != 0) round_trip(builder.columns(), level);
}

}  // namespace

void run(Bytes input) {
  FuzzInput take(input);
  const std::uint8_t how = take.byte();
  if ((how & 1U) == 0) {
    const auto events = take.take<std::uint16_t>();
    decode_input(events, take.rest());
  } else {
    encode_input(take, (how & 2U) == 0 ? CompressionLevel::stored : CompressionLevel::fast);
  }
}

}  // namespace kappa::fuzz
