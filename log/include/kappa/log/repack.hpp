#pragma once
#include <cstdint>

#include "kappa/base/result.hpp"
#include "kappa/log/directory.hpp"
#include "kappa/log/progress.hpp"

namespace kappa::log {

/// `show` changes nothing and says what would be done. `roll`: where the active segment is worth it too, it is left for
/// a new one first.
struct RepackOptions {
  bool show = false;
  bool roll = false;
  Progress* progress = nullptr;
};

/// What repacking one partition comes to. Of the segments that are written anew: frames, events, bytes of the frames.
struct RepackReport {
  std::uint64_t sealed = 0;    ///< Segments that have a successor: only these are looked at.
  std::uint64_t repacked = 0;  ///< Of these, the ones that are written anew.
  std::uint64_t busy = 0;      ///< Left alone, because somebody was at work on them: another time.
  std::uint64_t frames_before = 0;
  std::uint64_t frames_after = 0;
  std::uint64_t events = 0;
  std::uint64_t bytes_before = 0;
  std::uint64_t bytes_after = 0;  ///< 0 with `show`: nobody knows before it was tried.
  bool rolls = false;             ///< The active segment was, or would be, left.
};

/// Makes large frames of small ones in the segments of a partition that have a successor: one frame for many appends,
/// in which each keeps its offsets, sequence and append time. For a reader nothing changes. Frames of views' commits
/// and of producers stay. A segment is written anew where that saves a tenth of its frames.
///
/// It is recorded in the catalog first. Each segment is written aside and put in the place of the old one in one step,
/// so after a crash, or an error, every segment is the old or the new one, whole. Works beside appenders and readers;
/// one repacking of a partition at a time (Errc::conflict). Errc::corruption where something is damaged: that segment
/// stays as it is.
[[nodiscard]] Result<RepackReport> repack_partition(Directory& directory, const TopicInfo& topic,
                                                    std::uint32_t partition, const RepackOptions& options);

}  // namespace kappa::log
