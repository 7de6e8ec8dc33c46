#include <fmt/format.h>

#include <array>
#include <optional>

#include "format/bitmap.hpp"
#include "format/body.hpp"
#include "format/codec.hpp"
#include "format/columns.hpp"
#include "format/hash.hpp"
#include "kappa/base/headers.hpp"

// A batch lives in one buffer: offsets and flags in front, then headers, keys, and the values last, so that the
// padding behind the buffer is the padding behind the values. Values are decompressed straight to their place; only
// the stored forms of lengths and timestamps pass through scratch memory. Nothing is allocated by a length that was
// not checked against the limits first, and the bytes have passed a hash before they come here; still every sum is
// checked, because a hash does not tell a friend from an enemy.

namespace kappa::log {
namespace {

struct Section {
  SectionEntry entry;
  Bytes stored;
};

/// The table of a body; a section that is not there has an empty `stored`.
using Table = std::array<Section, kSectionCountMax>;

Section& section(Table& table, SectionKind kind) {
  return table[static_cast<std::size_t>(kind) - 1];
}

Checked<void> check_entry(const SectionEntry& entry, std::uint8_t last_kind, std::uint64_t position) {
  const auto kind = static_cast<std::uint8_t>(entry.kind);
  if (kind <= last_kind) return damaged(position, fmt::format("section {} after section {}", kind, last_kind));
  if (kind > kSectionCountMax) return unsupported(position, fmt::format("section of kind {}", kind));
  if (entry.codec != Codec::none && entry.codec != Codec::zstd)
    return unsupported(position, fmt::format("codec {} of section {}", static_cast<unsigned>(entry.codec), kind));
  if (entry.zero != 0) return unsupported(position, fmt::format("section {} with reserved bytes in use", kind));
  if (entry.raw_length == 0 || entry.stored_length == 0)
    return damaged(position, fmt::format("section {} that is empty", kind));
  return {};
}

Checked<Table> read_table(const FrameHeader& header, Bytes body) {
  const std::uint64_t position = header.position.value;
  std::uint32_t count = 0;
  if (body.size() < sizeof count) return damaged(position, "body without a section table");
  count = load<std::uint32_t>(body.data());
  if (count > kSectionCountMax) return unsupported(position, fmt::format("body of {} sections", count));
  std::uint64_t at = sizeof count + std::uint64_t{count} * sizeof(SectionEntry);
  if (body.size() < at) return damaged(position, "body that ends inside its section table");
  Table table{};
  std::uint8_t last_kind = 0;
  std::uint64_t raw_bytes = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto entry = load<SectionEntry>(body.data() + sizeof count + i * sizeof(SectionEntry));
    if (auto checked = check_entry(entry, last_kind, position); !checked) return pass_on(checked);
    if (body.size() - at < entry.stored_length) return damaged(position, "section that ends behind its body");
    section(table, entry.kind) = {entry, body.subspan(at, entry.stored_length)};
    at += entry.stored_length;
    raw_bytes += entry.raw_length;
    last_kind = static_cast<std::uint8_t>(entry.kind);
  }
  if (at != body.size() || raw_bytes != header.raw_length)
    return damaged(position, fmt::format("sections of {} stored and {} raw bytes, expected {} and {}", at, raw_bytes,
                                         body.size(), header.raw_length));
  return table;
}

/// Hands out parts of the batch's buffer, one behind the other.
class Carver {
 public:
  explicit Carver(std::byte* from) : at_(from) {}
  template <typename T>
  T* take(std::size_t count) {
    std::byte* const taken = at_;
    at_ += count * sizeof(T);
    return reinterpret_cast<T*>(taken);
  }

 private:
  std::byte* at_;
};

/// Everything of a batch's buffer.
struct Parts {
  Micros* timestamps = nullptr;
  Offset* offsets = nullptr;
  std::array<LengthsTarget, 3> lengths{};  ///< Keys, values, headers.
  std::byte* headers = nullptr;
  std::byte* keys = nullptr;
  std::byte* values = nullptr;
};

constexpr std::array kLengthSections = {SectionKind::key_lengths, SectionKind::value_lengths, SectionKind::headers};

std::size_t buffer_bytes(const FrameHeader& header) {
  const std::size_t count = header.event_count;
  const std::size_t lengths = kLengthSections.size() * ((count + 1) * sizeof(std::uint32_t) + count);
  return count * (sizeof(Micros) + sizeof(Offset)) + lengths + header.raw_length + kReadPadding;
}

Parts carve(std::byte* buffer, std::uint32_t count, Table& table) {
  Carver carver(buffer);
  Parts parts;
  parts.timestamps = carver.take<Micros>(count);
  parts.offsets = carver.take<Offset>(count);
  for (LengthsTarget& target : parts.lengths) target.offsets = carver.take<std::uint32_t>(std::size_t{count} + 1);
  for (LengthsTarget& target : parts.lengths) target.present = carver.take<std::uint8_t>(count);
  parts.headers = carver.take<std::byte>(section(table, SectionKind::headers).entry.raw_length);
  parts.keys = carver.take<std::byte>(section(table, SectionKind::key_bytes).entry.raw_length);
  parts.values = carver.take<std::byte>(section(table, SectionKind::value_bytes).entry.raw_length);
  return parts;
}

Checked<BytesColumn> expand(Bytes lengths_section, Bytes bytes, std::uint32_t count, const LengthsTarget& to,
                            std::uint64_t position) {
  auto lengths = read_lengths(lengths_section, count, to, position);
  if (!lengths) return pass_on(lengths);
  // In the section of headers the bytes follow the lengths; for keys and values they are a section of their own.
  const Bytes rest = lengths_section.subspan(lengths->used);
  if (!rest.empty() && !bytes.empty()) return damaged(position, "column of lengths that is too long");
  const Bytes values = bytes.empty() ? rest : bytes;
  if (lengths->total != values.size())
    return damaged(position, fmt::format("lengths of {} bytes in all for {} bytes", lengths->total, values.size()));
  BytesColumn column{{to.offsets, std::size_t{count} + 1}, {}, values};
  if (!lengths->all_present) column.present = {to.present, count};
  return column;
}

Checked<void> check_limits(const EventColumns& columns, std::uint64_t position) {
  const bool few =
      columns.keys.bytes.size() + columns.values.bytes.size() + columns.headers.bytes.size() <= kEventBytesMax;
  if (few && columns.headers.offsets.empty()) return {};
  for (std::uint32_t i = 0; i < columns.count; ++i) {
    const Bytes headers = columns.headers[i];
    const std::size_t all = headers.size() + columns.keys[i].size() + columns.values[i].size();
    if (headers.size() > kEventHeadersBytesMax || all > kEventBytesMax)
      return damaged(position,
                     fmt::format("event {} of {} bytes, {} of them headers: over the limits", i, all, headers.size()));
    if (!valid_headers(headers)) return damaged(position, fmt::format("event {} with headers that are none", i));
  }
  return {};
}

/// One decode: the sections in order, each hashed when its raw bytes are at hand.
class SectionReader {
 public:
  SectionReader(const FrameHeader& header, Table& table) : header_(header), table_(table) {}

  [[nodiscard]] Checked<Bytes> read(SectionKind kind, std::byte* to) {
    const Section& from = section(table_, kind);
    if (from.stored.empty()) return Bytes{};
    const std::span<std::byte> raw(to, from.entry.raw_length);
    if (!decompress(from.stored, from.entry.codec, raw))
      return damaged(header_.position.value, fmt::format("section {} that does not decode to {} bytes",
                                                         static_cast<unsigned>(kind), raw.size()));
    hash_.add(raw);
    return Bytes(raw);
  }
  [[nodiscard]] Checked<void> finish() const {
    if (hash_.finish() == header_.raw_hash) return {};
    return damaged(header_.position.value,
                   fmt::format("raw bytes with hash {:016x}, expected {:016x}", hash_.finish(), header_.raw_hash));
  }

 private:
  const FrameHeader& header_;
  Table& table_;
  Hasher hash_;
};

Checked<EventColumns> decode_columns(const FrameHeader& header, Table& table, const Parts& parts, Buffer& scratch) {
  const std::uint64_t position = header.position.value;
  const std::uint32_t count = header.event_count;
  SectionReader reader(header, table);
  std::array<std::byte*, kSectionCountMax> targets{nullptr, nullptr, nullptr, parts.headers, parts.keys, parts.values};
  std::byte* small = scratch.reserve(header.raw_length);
  for (std::size_t i = 0; i < 3; ++i) targets[i] = small, small += table[i].entry.raw_length;
  std::array<Bytes, kSectionCountMax> raw;
  for (std::size_t i = 0; i < kSectionCountMax; ++i) {
    auto read = reader.read(static_cast<SectionKind>(i + 1), targets[i]);
    if (!read) return pass_on(read);
    raw[i] = *read;
  }
  if (auto whole = reader.finish(); !whole) return pass_on(whole);

  EventColumns columns;
  columns.count = count;
  if (!raw[0].empty()) {
    auto times = read_timestamps(raw[0], count, parts.timestamps, position);
    if (!times) return pass_on(times);
    columns.timestamps = {parts.timestamps, count};
  }
  const std::array<Bytes, 3> bytes = {raw[4], raw[5], Bytes{}};
  const std::array<BytesColumn*, 3> to = {&columns.keys, &columns.values, &columns.headers};
  for (std::size_t i = 0; i < to.size(); ++i) {
    const Bytes lengths = raw[i + 1];
    if (lengths.empty() && !bytes[i].empty()) return damaged(position, "column of bytes without its lengths");
    if (lengths.empty()) continue;
    auto column = expand(lengths, bytes[i], count, parts.lengths[i], position);
    if (!column) return pass_on(column);
    *to[i] = *column;
  }
  if (auto within = check_limits(columns, position); !within) return pass_on(within);
  return columns;
}

/// The offsets that have an event, given a bit for each.
std::span<const Offset> expand(Bytes present, Offset first, std::uint32_t count, Offset* to) {
  std::uint32_t event = 0;
  for (std::uint64_t i = 0; event < count; ++i)
    if (has_bit(present, i)) to[event++] = first.plus(i);
  return {to, count};
}

}  // namespace

Checked<EventBatch> BodyDecoder::decode(const FrameHeader& header, Bytes body, Bytes present_offsets) {
  EventBatch batch;
  batch.sequence = header.sequence;
  batch.append_time = header.append_time;
  batch.first_offset = header.base_offset;
  batch.offset_span = header.offset_span;
  batch.stored_bytes = header.frame_bytes();
  if (header.layout == BodyLayout::plain) return batch;
  auto table = read_table(header, body);
  if (!table) return pass_on(table);
  if (header.event_count == 0 && header.raw_length != 0)
    return damaged(header.position.value, "sections in a frame without events");
  auto memory = pool_.take(buffer_bytes(header));
  const Parts parts = carve(memory->data(), header.event_count, *table);
  auto columns = decode_columns(header, *table, parts, scratch_);
  if (!columns) return pass_on(columns);
  batch.columns = *columns;
  if (!present_offsets.empty())
    batch.offsets = expand(present_offsets, header.base_offset, header.event_count, parts.offsets);
  batch.memory = std::move(memory);
  return batch;
}

}  // namespace kappa::log
