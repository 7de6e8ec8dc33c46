// The log start moves by a control frame, which is durable before anything is removed; from then on it is carried along
// the chain: by every place in it, so by the head, by marks, and by the headers of later segments. Whoever knows the
// end of a partition therefore knows its start, and needs no other file for it.
//
// The files go oldest first, so that a death in between leaves the newest of them. Those that are left, or that come
// back after a power loss, lie before the log start: nobody reads them, and the next start removes them.
#include "protocol/log_start.hpp"

#include "protocol/append.hpp"
#include "protocol/group_commit.hpp"
#include "protocol/repair.hpp"
#include "protocol/roll.hpp"
#include "segment/seal.hpp"

namespace kappa::log {

Result<void> remove_segments_before(Seam& seam, const std::string& directory, Offset log_start) {
  auto bases = list_segments(seam, directory);
  if (!bases) return propagate(bases);
  bool removed_any = false;
  for (const Offset base : *bases) {
    if (base >= log_start) break;
    auto removed = seam.remove(segment_path(directory, base));
    // Another process may be at the same work.
    if (!removed && removed.error().code != Errc::not_found) return removed;
    removed_any = true;
  }
  return removed_any ? sync_directory(seam, directory) : Result<void>{};
}

Result<void> move_log_start(Partition& partition, Offset log_start) {
  auto stamp = append_log_start(partition, log_start);
  if (!stamp) return propagate(stamp);
  // The mark has it from here on, so that damage before the frame cannot hide where the log starts. It syncs first what
  // it covers: this frame, or the one of somebody who died before the sync.
  if (auto marked = mark_durable_end(partition); !marked) return marked;
  const Offset reached = partition.head().durable().end.point.log_start;
  return remove_segments_before(partition.seam(), partition.place().directory, std::min(reached, log_start));
}

Result<Offset> begin_segment(Partition& partition) {
  Offset base;
  {
    auto locked = partition.lock();
    if (!locked) return propagate(locked);
    if (auto whole = make_whole(*locked); !whole) return propagate(whole);
    if (partition.head().load(HeadPage::kPoisoned) != 0)
      if (auto cleared = clear_poison(*locked); !cleared) return propagate(cleared);
    const PartitionEnd end = partition.head().written();
    if (end.point.next_offset != end.segment)
      if (auto rolled = roll(*locked); !rolled) return propagate(rolled);
    base = partition.head().written().segment;
  }
  // One that stays unsealed is as readable.
  static_cast<void>(seal_left_segments(partition.seam(), partition.place().directory));
  return base;
}

}  // namespace kappa::log
