#include "format/columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <optional>

// Lengths and timestamps in as few bytes as their range needs, at one width for a whole frame: the loops below have no
// branch on the data, so they cost a fraction of what compressing the values does, and zstd takes out what regularity
// is left. Variable-width integers would save a few bytes more and cost a branch for each event.

namespace kappa::log {
namespace {

template <typename T>
void write_narrow_lengths(std::span<const std::uint32_t> offsets, std::uint32_t count, std::byte* to) {
  for (std::uint32_t i = 0; i < count; ++i) store(to + i * sizeof(T), static_cast<T>(offsets[i + 1] - offsets[i]));
}

std::uint32_t longest(std::span<const std::uint32_t> offsets, std::uint32_t count) {
  std::uint32_t most = 0;
  for (std::uint32_t i = 0; i < count; ++i) most = std::max(most, offsets[i + 1] - offsets[i]);
  return most;
}

std::size_t bitmap_bytes(std::uint32_t count) {
  return (std::size_t{count} + 7) / 8;
}

void write_bitmap(std::span<const std::uint8_t> present, std::byte* to) {
  std::memset(to, 0, bitmap_bytes(static_cast<std::uint32_t>(present.size())));
  for (std::size_t i = 0; i < present.size(); ++i)
    to[i / 8] |= static_cast<std::byte>((present[i] != 0 ? 1u : 0u) << (i % 8));
}

template <typename T>
std::uint64_t sum_lengths(const std::byte* lengths, std::uint32_t count, std::uint32_t* offsets) {
  // 64 bits cannot overflow by 2^20 lengths of 32 bits; the caller compares the sum with what there is.
  std::uint64_t sum = 0;
  offsets[0] = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    sum += load<T>(lengths + i * sizeof(T));
    offsets[i + 1] = static_cast<std::uint32_t>(sum);
  }
  return sum;
}

std::uint64_t sum_lengths_of_width(unsigned width, const std::byte* lengths, std::uint32_t count,
                                   std::uint32_t* offsets) {
  if (width == 1) return sum_lengths<std::uint8_t>(lengths, count, offsets);
  if (width == 2) return sum_lengths<std::uint16_t>(lengths, count, offsets);
  return sum_lengths<std::uint32_t>(lengths, count, offsets);
}

/// The number of values present, or no number if a bit behind the last is set.
std::optional<std::uint32_t> read_bitmap(Bytes bitmap, std::uint32_t count, std::uint8_t* present) {
  std::uint32_t ones = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    present[i] = static_cast<std::uint8_t>(std::to_integer<unsigned>(bitmap[i / 8]) >> (i % 8) & 1u);
    ones += present[i];
  }
  int all_ones = 0;
  for (const std::byte byte : bitmap) all_ones += std::popcount(std::to_integer<unsigned>(byte));
  if (static_cast<std::uint32_t>(all_ones) != ones) return std::nullopt;
  return ones;
}

Checked<void> check_presence(Bytes bitmap, std::uint32_t count, const LengthsTarget& column, std::uint64_t position) {
  const auto ones = read_bitmap(bitmap, count, column.present);
  if (!ones) return damaged(position, "column with bits behind its last value");
  if (*ones == 0 || *ones == count)
    return damaged(position, fmt::format("column with a bitmap although {} of {} values are there", *ones, count));
  for (std::uint32_t i = 0; i < count; ++i) {
    if (column.present[i] == 0 && column.offsets[i + 1] != column.offsets[i])
      return damaged(position, fmt::format("absent value {} with a length", i));
  }
  return {};
}

template <typename T>
void write_narrow_timestamps(std::span<const Micros> timestamps, Micros least, std::byte* to) {
  for (std::size_t i = 0; i < timestamps.size(); ++i) {
    const std::uint64_t above = static_cast<std::uint64_t>(timestamps[i]) - static_cast<std::uint64_t>(least) + 1;
    store(to + i * sizeof(T), static_cast<T>(timestamps[i] == kNoTimestamp ? 0 : above));
  }
}

/// False if one would be beyond the greatest time there is.
template <typename T>
bool read_narrow_timestamps(const std::byte* from, std::uint32_t count, Micros least, Micros* to) {
  bool fits = true;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t code = load<T>(from + i * sizeof(T));
    const auto time = static_cast<Micros>(static_cast<std::uint64_t>(least) + code - 1);
    fits &= code == 0 || time >= least;
    to[i] = code == 0 ? kNoTimestamp : time;
  }
  return fits;
}

}  // namespace

std::size_t lengths_bytes_max(std::uint32_t count) {
  return kLengthsHeaderBytes + bitmap_bytes(count) + std::size_t{count} * sizeof(std::uint32_t);
}

std::size_t write_lengths(const BytesColumn& column, std::uint32_t count, std::byte* to) {
  const std::uint32_t most = longest(column.offsets, count);
  const unsigned width = most <= 0xff ? 1 : most <= 0xffff ? 2 : 4;
  const bool bitmap = std::ranges::find(column.present, std::uint8_t{0}) != column.present.end();
  store(to, static_cast<std::uint8_t>(width));
  store(to + 1, bitmap ? kBitmap : kAllPresent);
  std::size_t at = kLengthsHeaderBytes;
  if (bitmap) {
    write_bitmap(column.present, to + at);
    at += bitmap_bytes(count);
  }
  if (width == 1) write_narrow_lengths<std::uint8_t>(column.offsets, count, to + at);
  if (width == 2) write_narrow_lengths<std::uint16_t>(column.offsets, count, to + at);
  if (width == 4) write_narrow_lengths<std::uint32_t>(column.offsets, count, to + at);
  return at + std::size_t{count} * width;
}

Checked<Lengths> read_lengths(Bytes section, std::uint32_t count, const LengthsTarget& to, std::uint64_t position) {
  if (section.size() < kLengthsHeaderBytes) return damaged(position, "column of lengths without a width");
  const auto width = load<std::uint8_t>(section.data());
  const auto presence = load<std::uint8_t>(section.data() + 1);
  if (width != 1 && width != 2 && width != 4)
    return unsupported(position, fmt::format("column of lengths of {} bytes each", width));
  if (presence != kAllPresent && presence != kBitmap)
    return unsupported(position, fmt::format("column of lengths with presence {}", presence));
  const std::size_t bitmap = presence == kBitmap ? bitmap_bytes(count) : 0;
  const std::size_t used = kLengthsHeaderBytes + bitmap + std::size_t{count} * width;
  if (section.size() < used)
    return damaged(position, fmt::format("column of lengths of {} bytes, expected {}", section.size(), used));
  Lengths lengths{0, used, presence == kAllPresent};
  lengths.total = sum_lengths_of_width(width, section.data() + kLengthsHeaderBytes + bitmap, count, to.offsets);
  if (lengths.total > kFrameRawBytesMax)
    return damaged(position, fmt::format("column of {} bytes, more than a frame holds", lengths.total));
  if (!lengths.all_present) {
    auto checked = check_presence(section.subspan(kLengthsHeaderBytes, bitmap), count, to, position);
    if (!checked) return pass_on(checked);
  }
  return lengths;
}

std::size_t timestamps_bytes_max(std::uint32_t count) {
  return kTimestampsHeaderBytes + std::size_t{count} * sizeof(Micros);
}

TimestampRange timestamp_range(std::span<const Micros> timestamps, std::uint32_t count) {
  TimestampRange range;
  range.some_missing = timestamps.empty() && count != 0;
  for (const Micros time : timestamps) {
    if (time == kNoTimestamp) {
      range.some_missing = true;
      continue;
    }
    range.least = range.least == kNoTimestamp ? time : std::min(range.least, time);
    range.greatest = std::max(range.greatest, time);  // kNoTimestamp is below every time
  }
  return range;
}

std::size_t write_timestamps(std::span<const Micros> timestamps, const TimestampRange& range, std::byte* to) {
  const std::uint64_t most = static_cast<std::uint64_t>(range.greatest) - static_cast<std::uint64_t>(range.least) + 1;
  const unsigned width = most <= 0xff ? 1 : most <= 0xffff ? 2 : most <= 0xffffffff ? 4 : 8;
  store(to, static_cast<std::uint8_t>(width));
  store(to + 1, range.least);
  std::byte* const codes = to + kTimestampsHeaderBytes;
  if (width == 1) write_narrow_timestamps<std::uint8_t>(timestamps, range.least, codes);
  if (width == 2) write_narrow_timestamps<std::uint16_t>(timestamps, range.least, codes);
  if (width == 4) write_narrow_timestamps<std::uint32_t>(timestamps, range.least, codes);
  if (width == 8) write_narrow_timestamps<std::uint64_t>(timestamps, range.least, codes);
  return kTimestampsHeaderBytes + timestamps.size() * width;
}

Checked<void> read_timestamps(Bytes section, std::uint32_t count, Micros* to, std::uint64_t position) {
  if (section.size() < kTimestampsHeaderBytes) return damaged(position, "column of timestamps without a width");
  const auto width = load<std::uint8_t>(section.data());
  const auto least = load<Micros>(section.data() + 1);
  if (width != 1 && width != 2 && width != 4 && width != 8)
    return unsupported(position, fmt::format("column of timestamps of {} bytes each", width));
  const std::size_t expected = kTimestampsHeaderBytes + std::size_t{count} * width;
  if (section.size() != expected)
    return damaged(position, fmt::format("column of timestamps of {} bytes, expected {}", section.size(), expected));
  const std::byte* const codes = section.data() + kTimestampsHeaderBytes;
  bool fits = least != kNoTimestamp;
  if (width == 1) fits &= read_narrow_timestamps<std::uint8_t>(codes, count, least, to);
  if (width == 2) fits &= read_narrow_timestamps<std::uint16_t>(codes, count, least, to);
  if (width == 4) fits &= read_narrow_timestamps<std::uint32_t>(codes, count, least, to);
  if (width == 8) fits &= read_narrow_timestamps<std::uint64_t>(codes, count, least, to);
  if (!fits) return damaged(position, "timestamp out of range");
  return {};
}

}  // namespace kappa::log
