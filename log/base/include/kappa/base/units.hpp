#pragma once
#include <compare>
#include <cstdint>
#include <limits>

namespace kappa {

/// A 64-bit quantity that does not mix with another: an Offset is no Sequence and no Position.
template <typename Tag>
struct Quantity {
  std::uint64_t value = 0;
  friend constexpr auto operator<=>(Quantity, Quantity) = default;
  [[nodiscard]] constexpr Quantity plus(std::uint64_t count) const { return {value + count}; }
};

/// Place of an event in its partition: 0, 1, 2 …
using Offset = Quantity<struct OffsetTag>;
/// Place of a frame in the one total order over a whole directory. 0 is before the first; the first drawn is 1.
using Sequence = Quantity<struct SequenceTag>;
/// Byte position in a segment file.
using Position = Quantity<struct PositionTag>;

inline constexpr Sequence kNoSequence{0};
inline constexpr Sequence kEndOfTime{std::numeric_limits<std::uint64_t>::max()};

/// Microseconds since 1970-01-01 00:00:00 UTC, signed. Every time in kappa is one of these.
using Micros = std::int64_t;
/// "No timestamp was given": such an event reads as its append time.
inline constexpr Micros kNoTimestamp = std::numeric_limits<Micros>::min();

}  // namespace kappa
