#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "kappa/base/event.hpp"
#include "kappa/base/result.hpp"
#include "kappa/log/directory.hpp"
#include "kappa/log/progress.hpp"

namespace kappa::log {

/// What an event says of its key, as the tables over the topic have it.
enum class KeyedEvent : std::uint8_t {
  other,    ///< Nothing. It stays, and takes no other event's place.
  row,      ///< This is the key's row now, in the place of any before.
  deletion  ///< The key has no row now.
};

/// Compaction by key: of the events at or below the horizon only those stay that make the table what it is there
/// (docs/decisions/0012-compaction-keeps-what-a-table-is.md).
struct Compaction {
  /// The horizon. The caller vouches for it: nobody needs to know what the table was before it.
  Sequence through;
  /// Leaves in `said` one entry for each event of the batch. What is no `other` has a key. The same for the same event
  /// however events are batched.
  std::function<Result<void>(const EventBatch& events, std::vector<KeyedEvent>& said)> judge;
  /// The caller's reasons hold on condition that nothing was appended to `_catalog` since.
  Offset catalog_end;
};

/// The highest sequence at or below which every event of the topic was appended longer ago than `age`; of all sequences
/// the highest where all of them were, or the age is 0.
[[nodiscard]] Result<Sequence> last_older_than(Directory& directory, const TopicInfo& topic, Micros age);

/// `show` changes nothing and says what would be done. `roll`: where the active segment is worth it too, it is left for
/// a new one first.
struct RepackOptions {
  bool show = false;
  bool roll = false;
  Progress* progress = nullptr;
  const Compaction* compaction = nullptr;  ///< Null: no event goes. Only for a topic of a user's.
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
  std::uint64_t removed = 0;      ///< Events that a later one replaces, or that say that a key has no row.
  bool is_outdated = false;       ///< The catalog has changed: nothing was done; decide again.
};

/// Makes large frames of small ones in the segments of a partition that have a successor: one frame for many appends,
/// in which each keeps its offsets, sequence and append time. For a reader nothing changes. Frames of views' commits
/// and of producers stay. A segment is written anew where that saves a tenth of its frames.
///
/// With a compaction, events go as well: of the events at or below the horizon that are rows or deletions, all but the
/// last of each key; and that one, if it is a deletion and no file has an older row of its key, also none that goes
/// now: so deletions go one compaction later. A segment is written anew, too, where a tenth of its events go; else it
/// keeps them all. What stays keeps its offset, sequence and append time. All events up to the horizon are read twice,
/// and the keys are held in memory.
///
/// It is recorded in the catalog first. Each segment is written aside and put in the place of the old one in one step,
/// so after a crash, or an error, every segment is the old or the new one, whole. Works beside appenders and readers;
/// one repacking of a partition at a time (Errc::conflict). Errc::corruption where something is damaged: that segment
/// stays as it is.
[[nodiscard]] Result<RepackReport> repack_partition(Directory& directory, const TopicInfo& topic,
                                                    std::uint32_t partition, const RepackOptions& options);

}  // namespace kappa::log
