// Rolling to the next segment. Order is everything: the old segment is wholly durable before its successor has a name,
// so a frame that is bad in a segment with a successor is always damage, never a torn tail. The sync is done under the
// lock (rolling is rare); it counts as a round, so that a death in the middle of it leaves a suspect and not a secret.
//
// `dirty` is set before the successor is made: a death, or a full disk, anywhere in here is then found by the next one
// to take the lock, and repair() either finds the successor under its final name and finishes the switch, or does not
// and goes on in the old segment. Nothing was drawn, so nothing is in flight.
//
// A segment is named by its base offset. One that holds no event yet (only control frames, or commits without changes)
// cannot be left, because its successor would have the same name; it grows past its size instead.
#include "protocol/roll.hpp"

#include "protocol/group_commit.hpp"
#include "protocol/repair.hpp"

namespace kappa::log {
namespace {

SegmentHeader successor_header(LockedPartition& locked, const SegmentFile& old, const ChainPoint& end) {
  SegmentHeader header = first_segment_header(locked.environment(), locked.partition().place());
  header.base_offset = end.next_offset;
  header.log_start = end.log_start;
  header.previous_base = old.base();
  header.previous_salt = old.salt();
  header.previous_end = end.position;
  header.previous_chain = end.chain;
  header.previous_last_sequence = end.last_sequence;
  header.previous_last_append_time = end.last_append_time;
  header.owner_epoch = end.owner_epoch;
  return header;
}

/// Syncs the old segment twice, with the mark in between: a mark must not be durable before what it vouches for.
Result<void> finish_old(LockedPartition& locked, const SegmentFile& old, const PartitionEnd& end) {
  const HeadPage& head = locked.head();
  const std::uint32_t number = head.load(HeadPage::kRoundOpen);
  head.store(HeadPage::kRoundOpen, number + 1);
  head.store(HeadPage::kPending, 0);
  head.store(HeadPage::kClosedSequence, end.point.last_sequence.value);
  head.store(HeadPage::kRoundBegun, number);
  auto synced = locked.seam().sync_data(old.file);
  if (synced) {
    head.publish({end, kEndOfTime});
    if (auto marked = put_mark(locked, old, end.point); !marked) return marked;
    synced = locked.seam().sync_data(old.file);
  }
  if (!synced) poison(locked);
  head.store(HeadPage::kRoundDone, number);
  return synced;
}

}  // namespace

SegmentHeader first_segment_header(const Environment& environment, const PartitionPlace& place) {
  SegmentHeader header;
  header.partition = place.partition;
  header.topic = place.topic;
  header.directory = environment.directory;
  do header.salt = environment.seam.random();
  while (header.salt == 0);
  return header;
}

Result<void> roll(LockedPartition& locked) {
  const HeadPage& head = locked.head();
  if (auto settled = rewrite_suspect(locked); !settled) return settled;
  const PartitionEnd end = head.written();
  auto old = locked.segment(end.segment);
  if (!old) return propagate(old);
  if (auto finished = finish_old(locked, **old, end); !finished) return finished;
  head.store(HeadPage::kDirty, 1);
  auto successor =
      create_segment(locked.seam(), locked.directory(), successor_header(locked, **old, end.point), kUnsealedBytesMin);
  if (!successor) return propagate(successor);
  if (auto switched = switch_to(locked, **successor); !switched) return switched;
  head.store(HeadPage::kDirty, 0);
  return {};
}

}  // namespace kappa::log
