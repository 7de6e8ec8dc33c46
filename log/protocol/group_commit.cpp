// Many appenders, one sync. An append leaves its frame in the file and joins the open round. Whoever finds no leader
// becomes one: it closes the round, syncs without holding the lock, and publishes for all. Appends that come meanwhile
// fill the next round. The lock is never held over the sync: held, sixteen processes get less than one alone.
//
// Leadership is a hint with a timeout. The word leader_since says since when somebody leads; if that is too long ago
// (2 ms or four usual syncs) another takes over, whether the leader is dead, stopped or slow. Two that sync at once are
// no harm: each publishes the end it had seen under the lock before its sync, and only forwards.
//
// A sync that was begun and whose end nobody has told is suspect: it may have failed, the failure may have been
// reported to a process that is dead, and then every later sync of the same pages reports success. Hence the round
// numbers round_begun and round_done: who finds them different writes the bytes past the durable end again before it
// syncs. If two rounds overlap, the later one has rewritten and synced all that the earlier one was about.
//
// A reader that may not write syncs too, where somebody is stopped or dead, and can tell nobody if that fails. The
// kernel tells of it to every process that had the file open then, and to none that opens it later. So what was
// written, and not yet durable, when this process opened the file is suspect as well (decision 0013).
//
// Who wakes: the waiters of a round wait on their own channel of one futex, so a finished round wakes its cohort and
// one of the next, which becomes the leader.
//
// Threads: nothing here knows of them; a thread is one more appender, and the partition's mutex stands before the lock.
#include "protocol/group_commit.hpp"

#include <algorithm>

#include "fmt/format.h"
#include "protocol/repair.hpp"
#include "protocol/sequence_page.hpp"

namespace kappa::log {
namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds kLeastPatience{2'000'000};
constexpr int kUsualSyncsOfPatience = 4;
constexpr nanoseconds kGatherMax{1'000'000};
constexpr std::uint32_t kSmoothing = 8;

constexpr std::uint32_t channel_of(std::uint32_t round) {
  return 1u << (round % 32);
}
constexpr bool newer(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::int32_t>(a - b) > 0;
}

nanoseconds usual_sync(const HeadPage& head) {
  return std::chrono::microseconds(head.load(HeadPage::kUsualSync));
}

/// A round in the making: what its sync will make durable.
struct Round {
  std::uint32_t number = 0;
  std::uint32_t cohort = 0;
  PartitionEnd end;
  SharedSegment segment;
};

/// Waits a little for those who appended in the last round and are about to append again.
void gather(Partition& partition) {
  const HeadPage& head = partition.head();
  const std::uint32_t goal = head.load(HeadPage::kLastCohort);
  if (goal < 2) return;
  const nanoseconds until = partition.seam().monotonic() + std::min(usual_sync(head) / 2, kGatherMax);
  while (head.load(HeadPage::kPending) < goal && partition.seam().monotonic() < until) partition.seam().yield();
}

Result<Round> close_round(LockedPartition& locked) {
  const HeadPage& head = locked.head();
  if (auto whole = make_whole(locked); !whole) return propagate(whole);
  if (head.load(HeadPage::kPoisoned) != 0)
    return fail(Errc::io,
                fmt::format("{}: a sync has failed; what was appended since the last good one is not durable",
                            locked.partition().place().label),
                "append again: the next append writes the lost bytes anew and syncs them");
  if (auto settled = rewrite_suspect(locked); !settled) return propagate(settled);
  Round round;
  round.end = head.written();
  auto segment = locked.segment(round.end.segment);
  if (!segment) return propagate(segment);
  round.segment = *segment;
  round.number = head.load(HeadPage::kRoundOpen);
  round.cohort = head.load(HeadPage::kPending);
  head.store(HeadPage::kClosedSequence, round.end.point.last_sequence.value);
  head.store(HeadPage::kRoundOpen, round.number + 1);
  head.store(HeadPage::kPending, 0);
  head.store(HeadPage::kRoundBegun, round.number);
  return round;
}

Result<void> publish_round(LockedPartition& locked, const Round& round) {
  const HeadPage& head = locked.head();
  const Durable durable = head.durable();
  if (round.end.point.last_sequence <= durable.end.point.last_sequence) return {};
  const bool none_left = head.written().point.last_sequence == round.end.point.last_sequence;
  head.publish({round.end, none_left ? kEndOfTime : round.end.point.last_sequence.plus(1)});
  const std::uint64_t unmarked = round.end.point.position.value - head.load(HeadPage::kMarked);
  if (unmarked < locked.environment().options.mark_every_bytes) return {};
  return put_mark(locked, *round.segment, round.end.point);
}

Result<void> finish_round(LockedPartition& locked, const Round& round, const Result<void>& synced, nanoseconds took) {
  const HeadPage& head = locked.head();
  if (head.load(HeadPage::kDirty) != 0)
    if (auto repaired = repair(locked); !repaired) return repaired;
  Result<void> outcome = synced;
  if (!synced) poison(locked);
  // Poisoned by another's failure while this sync ran: which of the two the lost pages belong to cannot be known.
  if (synced && head.load(HeadPage::kPoisoned) == 0) outcome = publish_round(locked, round);
  const auto micros = static_cast<std::uint32_t>(std::min<std::int64_t>(took.count() / 1000, 10'000'000));
  head.store(HeadPage::kUsualSync, (head.load(HeadPage::kUsualSync) * (kSmoothing - 1) + micros) / kSmoothing);
  head.store(HeadPage::kLastCohort, round.cohort + head.load(HeadPage::kPending));
  if (newer(round.number, head.load(HeadPage::kRoundDone))) head.store(HeadPage::kRoundDone, round.number);
  head.store(HeadPage::kLeaderSince, 0);
  return outcome;
}

void wake_round(Partition& partition, std::uint32_t number) {
  const HeadPage& head = partition.head();
  head.page().wake(HeadPage::kRoundDone, SharedPage::kEverybody, channel_of(number));
  head.page().wake(HeadPage::kRoundDone, 1, channel_of(number + 1));
  head.page().fetch_add(HeadPage::kPublished, 1);
  head.page().wake(HeadPage::kPublished);
  partition.environment().sequence.wake_all();
}

/// True if this caller is to sync now: nobody else does, or somebody has been at it for too long.
bool become_leader(Partition& partition) {
  const HeadPage& head = partition.head();
  std::uint64_t since = head.load(HeadPage::kLeaderSince);
  const auto now = static_cast<std::uint64_t>(partition.seam().monotonic().count());
  const auto limit = static_cast<std::uint64_t>(patience(head).count());
  if (since != 0 && now >= since && now - since <= limit) return false;
  return head.page().compare_exchange(HeadPage::kLeaderSince, since, now);
}

/// nullopt: not decided yet.
std::optional<Result<void>> outcome_of(Partition& partition, Sequence sequence) {
  const HeadPage& head = partition.head();
  // Durable first: a failure is told before the poison is cleared, so what is found durable with no failure told of it
  // was made durable by a sync that succeeded.
  const bool durable = head.durable().end.point.last_sequence >= sequence;
  const bool failed =
      sequence.value > head.load(HeadPage::kFailedAfter) && sequence.value <= head.load(HeadPage::kFailedThrough);
  if (failed)
    return fail(
        Errc::io,
        fmt::format("{}: the sync of the append with sequence {} failed", partition.place().label, sequence.value),
        "it may or may not be found later; read before appending again");
  if (durable) return Result<void>{};
  return std::nullopt;
}

}  // namespace

nanoseconds patience(const HeadPage& head) {
  return std::max(kLeastPatience, kUsualSyncsOfPatience * usual_sync(head));
}

Result<void> sync_and_publish(Partition& partition) {
  Round round;
  {
    auto locked = partition.lock();
    if (!locked) return propagate(locked);
    auto closed = close_round(*locked);
    if (!closed) {
      partition.head().store(HeadPage::kLeaderSince, 0);
      return propagate(closed);
    }
    round = std::move(*closed);
  }
  const nanoseconds begun = partition.seam().monotonic();
  const Result<void> synced = partition.seam().sync_data(round.segment->file);
  const nanoseconds took = partition.seam().monotonic() - begun;
  Result<void> outcome;
  {
    auto locked = partition.lock();
    if (!locked) return propagate(locked);
    outcome = finish_round(*locked, round, synced, took);
  }
  wake_round(partition, round.number);
  return outcome;
}

Result<void> await_durable(Partition& partition, Sequence sequence) {
  const HeadPage& head = partition.head();
  for (;;) {
    const std::uint32_t done = head.load(HeadPage::kRoundDone);
    if (auto outcome = outcome_of(partition, sequence)) return *outcome;
    if (auto alive = partition.check_alive(); !alive) return alive;
    if (become_leader(partition)) {
      gather(partition);
      auto synced = sync_and_publish(partition);
      if (auto outcome = outcome_of(partition, sequence)) return *outcome;
      if (!synced) return synced;
      continue;
    }
    const std::uint32_t open = head.load(HeadPage::kRoundOpen);
    const bool closed = sequence.value <= head.load(HeadPage::kClosedSequence);
    head.page().wait(HeadPage::kRoundDone, done, patience(head), channel_of(closed ? open - 1 : open));
  }
}

Result<void> put_mark(LockedPartition& locked, const SegmentFile& segment, const ChainPoint& point) {
  const HeadPage& head = locked.head();
  const Mark mark{head.load(HeadPage::kMarkGeneration) + 1, point};
  if (auto written = write_mark(locked.seam(), segment, mark); !written) {
    // Half a mark would pass for damage. The newest one stands in the other slot.
    const std::uint64_t slot = mark_position(mark.generation).value;
    static_cast<void>(write_zeros(locked.seam(), segment.file, slot, slot + kMarkBytes));
    return written;
  }
  head.store(HeadPage::kMarkGeneration, mark.generation);
  head.store(HeadPage::kMarked, point.position.value);
  return {};
}

Result<void> settle(Partition& partition) {
  {
    auto locked = partition.lock();
    if (!locked) return propagate(locked);
    if (auto whole = make_whole(*locked); !whole) return whole;
    if (locked->head().load(HeadPage::kPoisoned) != 0) return clear_poison(*locked);
    if (locked->head().durable().low == kEndOfTime) return {};
  }
  return sync_and_publish(partition);
}

Result<void> mark_durable_end(Partition& partition) {
  const HeadPage& head = partition.head();
  // Written and not awaited by anybody: it is made durable first, so that the mark covers it.
  if (head.durable().low != kEndOfTime)
    if (auto synced = sync_and_publish(partition); !synced) return synced;
  {
    auto locked = partition.lock();
    if (!locked) return propagate(locked);
    if (auto whole = make_whole(*locked); !whole) return whole;
    const PartitionEnd end = head.durable().end;
    auto segment = locked->segment(end.segment);
    if (!segment) return propagate(segment);
    // A mark that the last commit has put there is as good, but not synced yet.
    const bool marked = end.point.position.value == head.load(HeadPage::kMarked);
    if (!marked)
      if (auto put = put_mark(*locked, **segment, end.point); !put) return put;
  }
  // As a round, though perhaps nobody waits for it: appends that come meanwhile may be what its sync fails on.
  return sync_and_publish(partition);
}

}  // namespace kappa::log
