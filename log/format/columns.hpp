#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "format/fault.hpp"
#include "format/format.hpp"
#include "kappa/base/event.hpp"
#include "kappa/base/result.hpp"

namespace kappa::log {

/// Raw bytes of a section of lengths, and how long it can be at most.
[[nodiscard]] std::size_t lengths_bytes_max(std::uint32_t count);
/// Writes the lengths of a column that has values; returns the bytes written.
[[nodiscard]] std::size_t write_lengths(const BytesColumn& column, std::uint32_t count, std::byte* to);
[[nodiscard]] std::size_t timestamps_bytes_max(std::uint32_t count);
/// Least and greatest timestamp that is given (kNoTimestamp: none), and whether one is missing.
struct TimestampRange {
  Micros least = kNoTimestamp;
  Micros greatest = kNoTimestamp;
  bool some_missing = false;
};
[[nodiscard]] TimestampRange timestamp_range(std::span<const Micros> timestamps, std::uint32_t count);
[[nodiscard]] std::size_t write_timestamps(std::span<const Micros> timestamps, const TimestampRange& range,
                                           std::byte* to);

/// Where the expanded form of a column of lengths goes: count + 1 offsets, count flags.
struct LengthsTarget {
  std::uint32_t* offsets;
  std::uint8_t* present;
};
/// A column of lengths taken apart. `total` is the sum of the lengths; `used` the bytes of the section read.
struct Lengths {
  std::uint64_t total = 0;
  std::size_t used = 0;
  bool all_present = true;
};
[[nodiscard]] Checked<Lengths> read_lengths(Bytes section, std::uint32_t count, const LengthsTarget& to,
                                            std::uint64_t position);
[[nodiscard]] Checked<void> read_timestamps(Bytes section, std::uint32_t count, Micros* to, std::uint64_t position);

}  // namespace kappa::log
