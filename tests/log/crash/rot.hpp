#pragma once
#include <optional>
#include <string>
#include <vector>

#include "crash_disk.hpp"
#include "images.hpp"

namespace kappa::test {

/// What a disk may do to bytes that were durable: one bit turns; a sector reads as zeros; a sector is as it once was (a
/// write that was acknowledged and lost); two sectors have changed places; a sector was written over another one too;
/// of a file that took another's name the beginning was not written, so it is that of the other file.
enum class Rot { bit, zeros, stale, swapped, misdirected, stale_head };
inline constexpr std::size_t kRots = 6;
[[nodiscard]] const char* name_of(Rot rot);

/// A sector of a file that is not all zeros.
struct Sector {
  const Path* path = nullptr;
  std::uint64_t begin = 0;
};

/// All sectors of a disk's files that hold something.
[[nodiscard]] std::vector<Sector> sectors_of(const CrashDisk& disk);

struct Damage {
  Rot rot = Rot::bit;
  std::string where;          ///< Empty: nothing was changed.
  bool swaps_a_mark = false;  ///< Two places are damaged, and one of them is the slot of a mark.
};

/// Damages one sector of a disk that a crash has left. `others` are sectors it may be confused with, `older` the disk
/// as it was before.
[[nodiscard]] Damage damage(CrashDisk& disk, Rot rot, const Sector& sector, const std::vector<Sector>& others,
                            const CrashDisk& older, Random& random);

}  // namespace kappa::test
