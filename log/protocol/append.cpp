// An append under the partition's lock, in this order:
//
// 1. Everything that can refuse it: conditions, poison, space. A refusal leaves no trace; above all no sequence has
// been
//    drawn, for a drawn one that is never written holds readers back until the next publish.
// 2. dirty = 1. If nothing is in flight, `low` becomes the counter *before* the draw: whatever is drawn is then not
//    below `low`, and a reader that sees the counter past it also sees `low` (it reads the counter first). Lowered
//    after the draw, a reader between the two would pass over the frame.
// 3. Draw; intent_end; write; the words of the written end; join the open round; dirty = 0.
//
// The bytes to be overwritten, also those with zeros, must be zeros: a head that had become stale (copied, restored)
// would point at frames that are there already. A frame begins exactly where such a head points, so the first bytes are
// read for every append, the others once by each process and not at all where it has just allocated them.
//
// Space: the file is grown by real allocation, 64 KiB at first, doubling up to 16 MiB, and zeros are written up to
// 1 MiB ahead, so that a small append overwrites blocks that exist and its sync commits no metadata. User appends leave
// the last 64 KiB of the allocation to control frames, so that on a full disk an owner can still be taken over.
#include "protocol/append.hpp"

#include <algorithm>
#include <vector>

#include "fmt/format.h"
#include "format/hash.hpp"
#include "protocol/repair.hpp"
#include "protocol/roll.hpp"
#include "protocol/sequence_page.hpp"

namespace kappa::log {
namespace {

constexpr std::uint64_t kGrowthMaxBytes = 16ull << 20;
constexpr std::uint64_t kReserveBytes = 64ull << 10;
constexpr std::uint64_t kZeroAheadBytes = 1ull << 20;
constexpr std::uint64_t kZeroCheckBytes = 4096;
constexpr std::size_t kCheckChunkBytes = 256 << 10;

Result<void> check_conditions(const LockedPartition& locked, const ChainPoint& end,
                              const AppendConditions& conditions) {
  const std::string& label = locked.partition().place().label;
  if (conditions.owner_epoch && *conditions.owner_epoch != end.owner_epoch)
    return fail(Errc::conflict,
                fmt::format("{}: another run has taken over (owner epoch {}, this one has {})", label, end.owner_epoch,
                            *conditions.owner_epoch),
                "the newer run goes on with it, and this one has ended; to take over again, start it again");
  if (conditions.expected_end && *conditions.expected_end != end.next_offset)
    return fail(
        Errc::conflict,
        fmt::format("{}: the end is at offset {}, expected was {}", label, end.next_offset.value,
                    conditions.expected_end->value),
        *conditions.expected_end < end.next_offset
            ? ""
            : fmt::format("nothing was appended, and nothing came between: it ends at {}", end.next_offset.value));
  return {};
}

bool may_use_reserve(const LockedPartition& locked, FrameKind kind) {
  return kind != FrameKind::data || locked.partition().place().kind == TopicKind::catalog;
}

/// Space for a frame that ends at `end`.
Result<void> reserve(LockedPartition& locked, const SegmentFile& segment, std::uint64_t end, FrameKind kind) {
  const HeadPage& head = locked.head();
  const std::uint64_t allocated = head.load(HeadPage::kAllocated);
  if (end + kReserveBytes <= allocated) return {};
  const std::uint64_t growth = std::clamp(allocated, kUnsealedBytesMin, kGrowthMaxBytes);
  const std::uint64_t wanted = std::max(allocated + growth, end + kReserveBytes);
  auto size = locked.seam().size(segment.file);
  if (!size) return propagate(size);
  auto grown = locked.seam().allocate(segment.file, wanted);
  // What is left on a nearly full disk is used up to the last that is enough.
  const std::uint64_t least = end + kReserveBytes;
  const bool smaller = !grown && least < wanted;
  if (smaller) grown = locked.seam().allocate(segment.file, least);
  if (grown) {
    std::uint64_t& fresh = locked.zeros_of(segment).fresh;
    fresh = std::min(fresh, *size);
    head.store(HeadPage::kAllocated, smaller ? least : wanted);
    return {};
  }
  if (may_use_reserve(locked, kind) && end <= allocated) return {};
  return grown;
}

Result<void> expect_zeros(Seam& seam, const SegmentFile& segment, std::uint64_t begin, std::uint64_t end) {
  std::vector<std::byte> chunk(begin < end ? std::min<std::uint64_t>(end - begin, kCheckChunkBytes) : 0);
  while (begin < end) {
    const auto wanted = std::span(chunk).first(std::min<std::uint64_t>(end - begin, chunk.size()));
    auto got = seam.read(segment.file, begin, wanted);
    if (!got) return propagate(got);
    const auto read = wanted.first(*got);
    if (!all_zeros(read)) {
      const auto other = std::ranges::find_if(read, [](std::byte b) { return b != std::byte{0}; });
      return fail(Errc::conflict,
                  fmt::format("{}: byte {} is to be zero and is not; the head is older than the file",
                              segment.file.path(), begin + static_cast<std::uint64_t>(other - read.begin())),
                  "end every process that uses the directory, then start them again");
    }
    if (*got < wanted.size()) break;
    begin += *got;
  }
  return {};
}

Result<void> check_zeros(LockedPartition& locked, const SegmentFile& segment, std::uint64_t begin, std::uint64_t end) {
  KnownZeros& known = locked.zeros_of(segment);
  const std::uint64_t first = std::min(end, begin + kZeroCheckBytes);
  if (auto zeros = expect_zeros(locked.seam(), segment, begin, first); !zeros) return zeros;
  if (auto zeros = expect_zeros(locked.seam(), segment, std::max(first, known.checked), std::min(end, known.fresh));
      !zeros)
    return zeros;
  known.checked = std::max(known.checked, end);
  return {};
}

/// Writes zeros ahead of a frame where they are used up; all it overwrites is checked before.
Result<void> zero_ahead(LockedPartition& locked, const SegmentFile& segment, std::uint64_t begin, std::uint64_t end) {
  const HeadPage& head = locked.head();
  const std::uint64_t zeroed = std::max(head.load(HeadPage::kZeroed), begin);
  const bool due = end - begin < kZeroAheadBytes && end > zeroed;
  const std::uint64_t upto =
      due ? std::max(end, std::min(zeroed + kZeroAheadBytes, head.load(HeadPage::kAllocated))) : end;
  if (auto checked = check_zeros(locked, segment, begin, upto); !checked || !due) return checked;
  if (auto written = write_zeros(locked.seam(), segment.file, zeroed, upto); !written) return written;
  head.store(HeadPage::kZeroed, upto);
  return {};
}

/// The active segment with room for `bytes` more, after a roll where one is due.
Result<SharedSegment> segment_with_room(LockedPartition& locked, std::uint64_t bytes) {
  const PartitionEnd end = locked.head().written();
  const bool full = end.point.position.value + bytes > locked.environment().options.segment_bytes;
  if (full && end.point.next_offset != end.segment)
    if (auto rolled = roll(locked); !rolled) return propagate(rolled);
  auto segment = locked.segment(locked.head().written().segment);
  if (segment && !locked.seam().linked((*segment)->file))
    return fail(Errc::conflict, fmt::format("{}: it was removed or replaced while in use", (*segment)->file.path()),
                "end every process that uses the directory, restore the file, then start them again");
  return segment;
}

/// Everything that can refuse an append, up to the last moment before its sequence is drawn.
Result<SharedSegment> prepare(LockedPartition& locked, const FrameDraft& draft, FrameKind kind,
                              const AppendConditions& conditions) {
  if (auto whole = make_whole(locked); !whole) return propagate(whole);
  if (locked.head().load(HeadPage::kPoisoned) != 0)
    if (auto cleared = clear_poison(locked); !cleared) return propagate(cleared);
  if (auto met = check_conditions(locked, locked.head().written().point, conditions); !met) return propagate(met);
  auto segment = segment_with_room(locked, draft.bytes());
  if (!segment) return segment;
  const std::uint64_t begin = locked.head().written().point.position.value;
  const std::uint64_t end = begin + draft.bytes();
  if (auto reserved = reserve(locked, **segment, end, kind); !reserved) return propagate(reserved);
  if (auto zeroed = zero_ahead(locked, **segment, begin, end); !zeroed) return propagate(zeroed);
  return segment;
}

/// Draws and writes. From here on a death leaves `dirty` set.
Result<Stamp> write_frame(LockedPartition& locked, const SegmentFile& segment, FrameDraft& draft,
                          const Extension& extension) {
  const HeadPage& head = locked.head();
  const SequencePage& sequence = locked.environment().sequence;
  PartitionEnd end = head.written();
  head.store(HeadPage::kDirty, 1);
  const Durable durable = head.durable();
  if (durable.low == kEndOfTime) head.publish({durable.end, sequence.counter()});
  const Drawn drawn = sequence.draw(end.point.last_sequence, end.point.last_append_time);
  FramePlace place;
  place.salt = segment.salt();
  place.position = end.point.position;
  place.base_offset = end.point.next_offset;
  place.sequence = drawn.sequence;
  place.append_time = drawn.append_time;
  place.unclamped_clock = drawn.clock;
  place.durable_position = durable.end.point.position;
  place.previous_hash = end.point.chain;
  const FrameHead written{seal_frame(draft, place), extension};
  head.store(HeadPage::kIntentEnd, place.position.value + draft.bytes());
  const Bytes parts[] = {draft.head, draft.body.padded()};
  if (auto put = locked.seam().write(segment.file, place.position.value, parts); !put) {
    // Wiped at once and wholly, for a write may have failed behind its last byte that matters, and then repair() would
    // adopt the frame. Should the wiping fail too, `dirty` stays and the next one repairs.
    if (auto wiped =
            write_zeros(locked.seam(), segment.file, place.position.value, place.position.value + draft.bytes());
        !wiped)
      return propagate(put);
    if (auto repaired = repair(locked); !repaired) return propagate(repaired);
    return propagate(put);
  }
  const Stamp stamp{place.base_offset, place.base_offset.plus(draft.event_count()), drawn.sequence, drawn.append_time,
                    head.load(HeadPage::kFailures)};
  end.point = after(end.point, written);
  head.set_written(end);
  head.store(HeadPage::kPending, head.load(HeadPage::kPending) + 1);
  head.store(HeadPage::kDirty, 0);
  return stamp;
}

}  // namespace

Result<Stamp> append_frame(Partition& partition, FrameDraft& draft, const AppendConditions& conditions) {
  auto locked = partition.lock();
  if (!locked) return propagate(locked);
  auto segment = prepare(*locked, draft, FrameKind::data, conditions);
  if (!segment) return propagate(segment);
  return write_frame(*locked, **segment, draft, {});
}

Result<Ownership> append_owner_epoch(Partition& partition) {
  auto locked = partition.lock();
  if (!locked) return propagate(locked);
  FrameDraft draft;
  draft_owner_epoch_frame(0, draft);
  auto segment = prepare(*locked, draft, FrameKind::owner_epoch, {});
  if (!segment) return propagate(segment);
  const std::uint32_t epoch = partition.head().written().point.owner_epoch + 1;
  draft_owner_epoch_frame(epoch, draft);
  Extension extension;
  extension.owner_epoch = epoch;
  auto stamp = write_frame(*locked, **segment, draft, extension);
  if (!stamp) return propagate(stamp);
  return Ownership{epoch, *stamp};
}

Result<std::optional<Stamp>> append_log_start(Partition& partition, Offset log_start) {
  auto locked = partition.lock();
  if (!locked) return propagate(locked);
  FrameDraft draft;
  draft_log_start_frame(log_start, draft);
  auto segment = prepare(*locked, draft, FrameKind::log_start, {});
  if (!segment) return propagate(segment);
  if (log_start <= partition.head().written().point.log_start) return std::nullopt;
  auto bases = list_segments(locked->seam(), locked->directory());
  if (!bases) return propagate(bases);
  if (!std::ranges::binary_search(*bases, log_start))
    return fail(Errc::conflict, fmt::format("{}: no segment begins at offset {}, so the log cannot start there",
                                            partition.place().label, log_start.value));
  Extension extension;
  extension.log_start = log_start;
  auto stamp = write_frame(*locked, **segment, draft, extension);
  if (!stamp) return propagate(stamp);
  return *stamp;
}

}  // namespace kappa::log
