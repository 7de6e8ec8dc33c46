// What a death or a failed sync leaves, and how the next one to take the lock puts it right.
//
// A process that dies inside the lock leaves `dirty` set and, past the last durable point, whole frames of its own and
// of others, and perhaps a torn one that ends before `intent_end`. The chain decides: every frame that is whole and
// follows is adopted (its writer may be waiting for it), the rest up to `intent_end` is wiped, so that the bytes past
// the written end are zeros again. The choice depends on bytes alone, so whoever makes it, and however often it is cut
// off by another death, it comes out the same; a reader that scans by itself comes to the same end.
//
// `low`, the sequence below which nothing is in flight, was lowered before the dead process drew its sequence. If no
// frame is adopted nothing is in flight and it returns to infinity; else it stays, being below all that was adopted.
//
// Rolling: the successor gets its name while `dirty` is set and before the head knows of it. So a repair that finds no
// frame past the durable point asks whether a segment begins there, and if so finishes the switch. In the same segment
// no append can have been begun after that: the whole segment was durable before its successor was made.
//
// Poison: after a failed sync the kernel reports success to the next caller though the bytes are lost. The only way to
// know is to write them again. Frames that can no longer be read whole were never acknowledged and are dropped.
#include "protocol/repair.hpp"

#include <algorithm>

#include "fmt/format.h"
#include "protocol/frame_window.hpp"
#include "protocol/sequence_page.hpp"

namespace kappa::log {
namespace {

constexpr std::uint64_t kRewriteChunkBytes = 1 << 20;

/// The successor that a dead roller had already named, if there is one.
Result<SharedSegment> find_successor(LockedPartition& locked, const SegmentFile& segment, const ChainPoint& end) {
  if (end.next_offset == segment.base()) return SharedSegment{};
  auto found = open_segment(locked.seam(), locked.directory(), end.next_offset, Access::read_write);
  if (!found && found.error().code == Errc::not_found) return SharedSegment{};
  if (!found) return found;
  const SegmentHeader& header = (*found)->start.header;
  if (header.previous_salt != segment.salt() || header.previous_end != end.position ||
      header.previous_chain != end.chain)
    return fail(Errc::corruption, fmt::format("{}: it does not follow {}, which ends at byte {}", (*found)->file.path(),
                                              segment.file.path(), end.position.value));
  return found;
}

/// The dead roller may not have come to the syncs.
Result<void> finish_roll(LockedPartition& locked, const SegmentFile& successor) {
  if (auto synced = locked.seam().sync(successor.file); !synced) return synced;
  if (auto synced = sync_directory(locked.seam(), locked.directory()); !synced) return synced;
  return switch_to(locked, successor);
}

/// The hints about the active segment's file, from the file.
Result<void> rebuild_file_words(LockedPartition& locked, const SegmentFile& segment, std::uint64_t zeroed) {
  auto bytes = locked.seam().size(segment.file);
  if (!bytes) return propagate(bytes);
  auto mark = read_newest_mark(locked.seam(), segment);
  if (!mark) return propagate(mark);
  const HeadPage& head = locked.head();
  head.store(HeadPage::kAllocated, *bytes);
  head.store(HeadPage::kZeroed, zeroed);
  head.store(HeadPage::kMarked, *mark ? (*mark)->point.position.value : kFirstFramePosition);
  head.store(HeadPage::kMarkGeneration, *mark ? (*mark)->generation : 0);
  return {};
}

}  // namespace

Result<ChainPoint> scan_to_end(Seam& seam, const SharedSegment& segment, const ChainPoint& from) {
  auto bytes = seam.size(segment->file);
  if (!bytes) return propagate(bytes);
  FrameWindow window(seam, segment);
  ChainPoint point = from;
  for (;;) {
    auto frame = window.frame(point, *bytes);
    if (!frame) return propagate(frame);
    if (!*frame) return point;
    point = after(point, (*frame)->head);
  }
}

Result<void> repair(LockedPartition& locked) {
  const HeadPage& head = locked.head();
  const Durable durable = head.durable();
  auto segment = locked.segment(durable.end.segment);
  if (!segment) return propagate(segment);
  auto end = scan_to_end(locked.seam(), *segment, durable.end.point);
  if (!end) return propagate(end);
  const std::uint64_t wiped_end = std::max(head.load(HeadPage::kIntentEnd), end->position.value);
  if (auto wiped = write_zeros(locked.seam(), (*segment)->file, end->position.value, wiped_end); !wiped) return wiped;
  if (auto rebuilt = rebuild_file_words(locked, **segment, wiped_end); !rebuilt) return rebuilt;
  head.set_written({durable.end.segment, *end});
  const bool in_flight = *end != durable.end.point;
  if (in_flight == (durable.low == kEndOfTime))
    head.publish({durable.end, in_flight ? durable.end.point.last_sequence.plus(1) : kEndOfTime});
  if (!in_flight) {
    auto successor = find_successor(locked, **segment, *end);
    if (!successor) return propagate(successor);
    if (*successor)
      if (auto finished = finish_roll(locked, **successor); !finished) return finished;
  }
  head.store(HeadPage::kDirty, 0);
  return {};
}

Result<void> switch_to(LockedPartition& locked, const SegmentFile& successor) {
  const HeadPage& head = locked.head();
  const PartitionEnd begin{successor.base(), successor.start.chain()};
  // Positions of the old segment mean nothing in the new one: the intent goes first, so that a repair after a death in
  // here wipes nothing.
  head.store(HeadPage::kIntentEnd, 0);
  head.publish({begin, kEndOfTime});
  head.set_written(begin);
  return rebuild_file_words(locked, successor, kFirstFramePosition);
}

Result<void> rewrite(Seam& seam, const File& file, std::uint64_t begin, std::uint64_t end) {
  Buffer chunk;
  while (begin < end) {
    const std::size_t bytes = static_cast<std::size_t>(std::min<std::uint64_t>(end - begin, kRewriteChunkBytes));
    auto got = seam.read(file, begin, {chunk.reserve(bytes), bytes});
    if (!got) return propagate(got);
    const Bytes parts[] = {Bytes(chunk.data(), *got)};
    if (*got == 0) return {};
    if (auto written = seam.write(file, begin, parts); !written) return written;
    begin += *got;
  }
  return {};
}

Result<void> rewrite_tail(LockedPartition& locked) {
  const HeadPage& head = locked.head();
  // If the kernel has thrown lost pages away, what it reads back now need not be frames: what was meant to be written
  // up to the old end is then wiped like the intent of a dead process.
  head.store(HeadPage::kDirty, 1);
  head.store(HeadPage::kIntentEnd, std::max(head.load(HeadPage::kIntentEnd), head.written().point.position.value));
  if (auto repaired = repair(locked); !repaired) return repaired;
  const Durable durable = head.durable();
  auto segment = locked.segment(durable.end.segment);
  if (!segment) return propagate(segment);
  const std::uint64_t begin = durable.end.point.position.value;
  auto rewritten = rewrite(locked.seam(), (*segment)->file, begin, head.written().point.position.value);
  if (rewritten) locked.note_rewritten();
  return rewritten;
}

Result<void> rewrite_suspect(LockedPartition& locked) {
  const HeadPage& head = locked.head();
  auto segment = locked.segment(head.written().segment);
  if (!segment) return propagate(segment);
  const bool untold = head.load(HeadPage::kRoundBegun) != head.load(HeadPage::kRoundDone);
  return untold || locked.has_taken_up() ? rewrite_tail(locked) : Result<void>{};
}

void poison(LockedPartition& locked) {
  const HeadPage& head = locked.head();
  if (head.load(HeadPage::kPoisoned) == 0) {
    head.store(HeadPage::kFailures, head.load(HeadPage::kFailures) + 1);
    head.store(HeadPage::kFailedAfter, head.durable().end.point.last_sequence.value);
  }
  head.store(HeadPage::kFailedThrough, head.written().point.last_sequence.value);
  head.store(HeadPage::kPoisoned, 1);
}

Result<void> clear_poison(LockedPartition& locked) {
  const HeadPage& head = locked.head();
  if (auto rewritten = rewrite_tail(locked); !rewritten) return rewritten;
  const PartitionEnd written = head.written();
  auto segment = locked.segment(written.segment);
  if (!segment) return propagate(segment);
  if (const auto synced = locked.seam().sync_data((*segment)->file); !synced)
    return fail(Errc::io, synced.error().message,
                "the device reports write errors: nothing is acknowledged until a sync succeeds; see dmesg");
  head.publish({written, kEndOfTime});
  head.store(HeadPage::kRoundDone, head.load(HeadPage::kRoundBegun));
  head.store(HeadPage::kPoisoned, 0);
  return {};
}

Result<void> make_whole(LockedPartition& locked) {
  if (auto damage = locked.partition().damage()) return std::unexpected(*damage);
  if (auto alive = locked.partition().check_alive(); !alive) return alive;
  if (auto linked = locked.partition().check_linked(); !linked) return linked;
  if (!locked.partition().current())
    return fail(Errc::conflict,
                fmt::format("{}: the directory was started anew while in use", locked.partition().place().label),
                "end every process that uses the directory, then start them again");
  if (locked.head().load(HeadPage::kDirty) != 0) return repair(locked);
  return {};
}

}  // namespace kappa::log
