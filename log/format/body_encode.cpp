#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "format/body.hpp"
#include "format/codec.hpp"
#include "format/columns.hpp"
#include "format/hash.hpp"
#include "kappa/base/assert.hpp"
#include "kappa/base/headers.hpp"

// A body is its columns, each a section with a codec of its own. Keys and values, nearly all of the bytes, go from the
// caller's memory into zstd without a copy; the small columns are first written in their stored form into memory that
// the thread keeps. The hash of the raw bytes is taken section by section while they are in the cache.

namespace kappa::log {
namespace {

/// The raw bytes of the sections that a body has, in the order of their kinds.
struct RawSections {
  std::array<Bytes, kSectionCountMax> raw;

  void set(SectionKind kind, Bytes bytes) { raw[static_cast<std::size_t>(kind) - 1] = bytes; }
};

/// Memory for the small columns of one body; each thread reuses its own.
struct Scratch {
  Buffer timestamps;
  Buffer key_lengths;
  Buffer value_lengths;
  Buffer headers;
};

void check_shape(const BytesColumn& column, std::uint32_t count) {
  KAPPA_ASSERT(column.offsets.empty() || column.offsets.size() == std::size_t{count} + 1,
               "a column has count+1 offsets");
  KAPPA_ASSERT(column.present.empty() || column.present.size() == count, "a column has count presence flags");
}

std::uint64_t length_of(const BytesColumn& column, std::size_t i) {
  // Offsets that fall give a huge length, which the limits refuse.
  return column.offsets.empty() ? 0 : std::uint64_t{std::uint32_t(column.offsets[i + 1] - column.offsets[i])};
}

Result<void> check_event(const EventColumns& columns, std::size_t i) {
  const std::uint64_t headers = length_of(columns.headers, i);
  if (headers > kEventHeadersBytesMax)
    return fail(Errc::bad_input,
                fmt::format("event {}: {} bytes of headers, at most {} are allowed", i, headers, kEventHeadersBytesMax),
                "put large data into the value");
  const std::uint64_t all = headers + length_of(columns.keys, i) + length_of(columns.values, i);
  if (all > kEventBytesMax)
    return fail(
        Errc::bad_input,
        fmt::format("event {}: {} bytes of key, value and headers, at most {} are allowed", i, all, kEventBytesMax),
        "split the event, or store a reference to the data");
  if (!columns.headers.offsets.empty() && headers != 0 && !valid_headers(columns.headers[i]))
    return fail(Errc::bad_input, fmt::format("event {}: its headers are not in the encoding of headers", i));
  return {};
}

/// The bytes of a column's values; the memory before the first and after the last is not theirs.
Result<Bytes> bytes_of(const BytesColumn& column, std::string_view name) {
  if (column.offsets.empty()) return Bytes{};
  const std::uint32_t first = column.offsets.front();
  const std::uint32_t last = column.offsets.back();
  if (last < first || last > column.bytes.size())
    return fail(Errc::bad_input, fmt::format("offsets of the {} run from {} to {} where {} bytes are given", name,
                                             first, last, column.bytes.size()));
  return column.bytes.subspan(first, last - first);
}

bool has_values(const BytesColumn& column, std::uint32_t count) {
  if (count == 0 || column.offsets.empty()) return false;
  return column.present.empty() ||
         std::ranges::find_if(column.present, [](auto p) { return p != 0; }) != column.present.end();
}

Result<void> check_events(const EventColumns& columns) {
  check_shape(columns.keys, columns.count);
  check_shape(columns.values, columns.count);
  check_shape(columns.headers, columns.count);
  KAPPA_ASSERT(columns.timestamps.empty() || columns.timestamps.size() == columns.count, "a timestamp for each event");
  if (columns.count > kFrameEventsMax)
    return fail(Errc::bad_input,
                fmt::format("{} events in one frame, at most {} are allowed", columns.count, kFrameEventsMax),
                "append them in several batches");
  std::uint64_t all = 0;
  for (const auto& [column, name] : {std::pair{&columns.keys, "keys"}, std::pair{&columns.values, "values"},
                                     std::pair{&columns.headers, "headers"}}) {
    auto bytes = bytes_of(*column, name);
    if (!bytes) return propagate(bytes);
    all += bytes->size();
  }
  for (std::uint32_t i = 0; i < columns.count; ++i)
    if (auto checked = check_event(columns, i); !checked) return checked;
  if (all > kFrameRawBytesMax)
    return fail(Errc::bad_input,
                fmt::format("{} bytes of events in one frame, at most {} are allowed", all, kFrameRawBytesMax),
                "append them in several batches");
  return {};
}

void gather_bytes_column(const BytesColumn& column, std::uint32_t count, SectionKind lengths_kind,
                         SectionKind bytes_kind, Buffer& scratch, RawSections& to) {
  if (!has_values(column, count)) return;
  std::byte* const lengths = scratch.reserve(lengths_bytes_max(count));
  to.set(lengths_kind, {lengths, write_lengths(column, count, lengths)});
  to.set(bytes_kind, column.bytes.subspan(column.offsets.front(), column.offsets.back() - column.offsets.front()));
}

void gather_headers(const BytesColumn& column, std::uint32_t count, Buffer& scratch, RawSections& to) {
  if (!has_values(column, count)) return;
  const Bytes bytes = column.bytes.subspan(column.offsets.front(), column.offsets.back() - column.offsets.front());
  std::byte* const section = scratch.reserve(lengths_bytes_max(count) + bytes.size());
  const std::size_t lengths = write_lengths(column, count, section);
  if (!bytes.empty()) std::memcpy(section + lengths, bytes.data(), bytes.size());
  to.set(SectionKind::headers, {section, lengths + bytes.size()});
}

RawSections gather(const EventColumns& columns, const TimestampRange& times, Scratch& scratch) {
  RawSections sections;
  if (times.least != kNoTimestamp) {
    std::byte* const section = scratch.timestamps.reserve(timestamps_bytes_max(columns.count));
    sections.set(SectionKind::timestamps, {section, write_timestamps(columns.timestamps, times, section)});
  }
  gather_bytes_column(columns.keys, columns.count, SectionKind::key_lengths, SectionKind::key_bytes,
                      scratch.key_lengths, sections);
  gather_bytes_column(columns.values, columns.count, SectionKind::value_lengths, SectionKind::value_bytes,
                      scratch.value_lengths, sections);
  gather_headers(columns.headers, columns.count, scratch.headers, sections);
  return sections;
}

/// Writes one section and returns its entry of the table.
SectionEntry write_section(SectionKind kind, Bytes raw, int level, std::span<std::byte> to) {
  SectionEntry entry{kind, Codec::zstd, 0, 0, static_cast<std::uint32_t>(raw.size())};
  if (const auto bytes = compress(raw, level, to)) {
    entry.stored_length = static_cast<std::uint32_t>(*bytes);
    return entry;
  }
  entry.codec = Codec::none;
  entry.stored_length = entry.raw_length;
  std::memcpy(to.data(), raw.data(), raw.size());
  return entry;
}

void write_body(const RawSections& sections, int level, EncodedBody& to) {
  std::uint32_t section_count = 0;
  std::size_t room = kSectionTableBytesMax + kFrameAlignment;
  for (const Bytes raw : sections.raw) {
    section_count += raw.empty() ? 0 : 1;
    room += compressed_bytes_max(raw.size());
  }
  std::byte* const body = to.buffer.reserve(room);
  std::byte* entry_at = body + sizeof section_count;
  std::byte* at = entry_at + section_count * sizeof(SectionEntry);
  store(body, section_count);
  Hasher raw_hash;
  to.raw_length = 0;
  for (std::size_t i = 0; i < sections.raw.size(); ++i) {
    const Bytes raw = sections.raw[i];
    if (raw.empty()) continue;
    const std::span<std::byte> rest(at, static_cast<std::size_t>(body + room - at));
    const SectionEntry entry = write_section(static_cast<SectionKind>(i + 1), raw, level, rest);
    raw_hash.add(raw);
    store(entry_at, entry);
    entry_at += sizeof entry;
    at += entry.stored_length;
    to.raw_length += entry.raw_length;
  }
  to.stored_length = static_cast<std::uint32_t>(at - body);
  to.raw_hash = raw_hash.finish();
  to.stored_hash = hash_of({body, to.stored_length});
  std::memset(at, 0, kFrameAlignment);
}

}  // namespace

Bytes EncodedBody::padded() const {
  return {buffer.data(), (std::size_t{stored_length} + kFrameAlignment - 1) / kFrameAlignment * kFrameAlignment};
}

Result<void> encode_body(const EventColumns& columns, CompressionLevel level, EncodedBody& to) {
  if (auto checked = check_events(columns); !checked) return checked;
  thread_local Scratch scratch;
  const TimestampRange times = timestamp_range(columns.timestamps, columns.count);
  const RawSections sections = gather(columns, times, scratch);
  std::uint64_t raw_bytes = 0;
  for (const Bytes raw : sections.raw) raw_bytes += raw.size();
  if (raw_bytes > kFrameRawBytesMax)
    return fail(Errc::bad_input,
                fmt::format("a frame of {} bytes, at most {} are allowed", raw_bytes, kFrameRawBytesMax),
                "append the events in several batches");
  to.layout = BodyLayout::sections;
  to.event_count = columns.count;
  to.min_given_time = times.least;
  to.max_given_time = times.greatest;
  to.some_without_timestamp = times.some_missing;
  write_body(sections, static_cast<int>(level), to);
  return {};
}

void encode_empty_body(EncodedBody& to) {
  to.layout = BodyLayout::plain;
  to.event_count = to.stored_length = to.raw_length = 0;
  to.min_given_time = to.max_given_time = kNoTimestamp;
  to.some_without_timestamp = false;
  to.stored_hash = to.raw_hash = hash_of({});
}

}  // namespace kappa::log
