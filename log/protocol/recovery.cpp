// Cold recovery of one partition, under its exclusive lock and with its tail read (tail.cpp).
//
// What cannot be told from a crash image is whether the bytes since the mark ever reached the device: the page cache
// may hold what a failed sync has lost. So everything from the mark to the end is written again and synced before it
// counts as durable; then a mark makes that evidence. A torn end is first copied aside and synced there, then wiped: a
// death in between finds it still in place and does it all again. A tail that ends at its mark with nothing behind it
// was closed in order, and nothing at all is written. In a segment without a mark nothing may ever have been appended:
// whoever made it may have died before its name was durable, so the directory is synced.
//
// A wipe whose sync failed reads as done until the machine starts again, though the device may still have the torn
// bytes. So the head's intent_end, which lives as long as the page cache does, says how far zeros are owed; should it
// say too much, zeros are written over zeros.
//
// A mark that was torn is no obstacle, but verification could not tell it from damage: the new mark takes its place.
//
// The head is built last and its incarnation last of all, so a death anywhere in here leaves a head that is not current
// and a recovery that starts over.
#include "protocol/recovery.hpp"

#include <algorithm>

#include "protocol/log_start.hpp"
#include "protocol/repair.hpp"
#include "protocol/sequence_page.hpp"
#include "protocol/torn_copy.hpp"

namespace kappa::log {
namespace {

/// True if a slot for marks holds something that is no mark: half of one, if nothing is damaged.
Result<bool> has_torn_mark(Seam& seam, const SegmentFile& segment) {
  for (const std::uint64_t slot : {kMarkPositionA, kMarkPositionB}) {
    MarkBytes bytes{};
    auto got = seam.read(segment.file, slot, bytes);
    if (!got) return propagate(got);
    const auto mark = decode_mark(bytes, {slot}, segment.salt());
    if (!mark && mark.error().kind == FaultKind::damaged) return true;
  }
  return false;
}

/// Up to where zeros are owed behind the tail's end.
std::uint64_t wipe_end(LockedPartition& locked, const Tail& tail) {
  const std::uint64_t intended = std::min(locked.head().load(HeadPage::kIntentEnd), tail.bytes);
  return std::max(intended, tail.stop_end);
}

Result<void> settle(LockedPartition& locked, const Tail& tail, std::uint64_t wiped_end) {
  Seam& seam = locked.seam();
  const SegmentFile& segment = *tail.segment;
  const std::uint64_t end = tail.end.position.value;
  locked.head().store(HeadPage::kIntentEnd, wiped_end);
  if (auto wiped = write_zeros(seam, segment.file, end, wiped_end); !wiped) return wiped;
  if (auto written = rewrite(seam, segment.file, tail.from.position.value, end); !written) return written;
  if (auto synced = seam.sync(segment.file); !synced) return synced;
  if (auto synced = sync_directory(seam, locked.directory()); !synced) return synced;
  const Mark mark{tail.mark ? tail.mark->generation + 1 : 1, tail.end};
  if (auto marked = write_mark(seam, segment, mark); !marked) return marked;
  return seam.sync_data(segment.file);
}

Result<void> build_head(LockedPartition& locked, const Tail& tail, std::uint64_t zeroed) {
  const HeadPage& head = locked.head();
  for (const auto word : {HeadPage::kDirty, HeadPage::kIntentEnd, HeadPage::kLeaderSince, HeadPage::kFailedAfter,
                          HeadPage::kFailedThrough, HeadPage::kClosedSequence})
    head.store(word, 0);
  for (const auto word :
       {HeadPage::kDeleted, HeadPage::kPending, HeadPage::kPoisoned, HeadPage::kLastCohort, HeadPage::kFailures})
    head.store(word, 0);
  head.store(HeadPage::kRoundOpen, 1);
  head.store(HeadPage::kRoundBegun, 0);
  head.store(HeadPage::kRoundDone, 0);
  auto bytes = locked.seam().size(tail.segment->file);
  auto mark = read_newest_mark(locked.seam(), *tail.segment);
  if (!bytes) return propagate(bytes);
  if (!mark) return propagate(mark);
  head.store(HeadPage::kAllocated, *bytes);
  head.store(HeadPage::kZeroed, zeroed);
  head.store(HeadPage::kMarked, *mark ? (*mark)->point.position.value : kFirstFramePosition);
  head.store(HeadPage::kMarkGeneration, *mark ? (*mark)->generation : 0);
  const PartitionEnd end{tail.segment->base(), tail.end};
  head.set_written(end);
  head.publish({end, kEndOfTime});
  head.store(HeadPage::kIncarnation, locked.environment().sequence.incarnation());
  return {};
}

}  // namespace

Result<std::optional<RecoveryNote>> recover(LockedPartition& locked, const Tail& tail, Offset consumed,
                                            const std::string& aside_directory) {
  if (auto damage = damage_of(tail, consumed)) return std::unexpected(*damage);
  std::optional<RecoveryNote> note;
  if (tail.stop) {
    auto kept = copy_torn_tail(locked.seam(), tail, locked.partition().place().label, aside_directory);
    if (!kept) return propagate(kept);
    note = std::move(*kept);
  }
  const std::uint64_t wiped_end = wipe_end(locked, tail);
  auto torn_mark = has_torn_mark(locked.seam(), *tail.segment);
  if (!torn_mark) return propagate(torn_mark);
  if (wiped_end > tail.end.position.value || tail.end != tail.from || *torn_mark) {
    if (auto settled = settle(locked, tail, wiped_end); !settled) return propagate(settled);
  } else if (!tail.mark) {
    if (auto synced = sync_directory(locked.seam(), locked.directory()); !synced) return propagate(synced);
  }
  if (auto built = build_head(locked, tail, wiped_end); !built) return propagate(built);
  // What a death has left of a removal. Nobody reads it, so it may as well stay.
  if (tail.end.log_start != Offset{})
    static_cast<void>(remove_segments_before(locked.seam(), locked.directory(), tail.end.log_start));
  return note;
}

}  // namespace kappa::log
