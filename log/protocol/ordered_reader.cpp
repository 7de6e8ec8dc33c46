// Merging partitions into the one order.
//
// The bound. Every frame that any appender has drawn a sequence for is below the counter; every frame of a partition
// that is drawn but not yet published is at or above that partition's `low`. So below min(counter, every low)
// everything there will ever be is published, provided the counter is read FIRST: an appender lowers `low` before it
// draws, hence whoever sees the counter past a sequence and then looks at the slot sees either the `low` that covers it
// or the slot in which it is already durable. Read last, the counter could be past a sequence whose `low` was not yet
// set when the slot was looked at.
//
// The ends read along with the lows are the ones up to which next() delivers: frames below the bound are all below
// them. What stands beyond the bound in one partition waits there, peeked at, until the bound has passed it.
//
// A damaged input is read up to its damage. What is lost there has sequences above its last whole frame, and nobody
// knows which; so the merge ends with an error once it is past that frame, and whatever it has given until then is what
// a whole input would have given.
//
// A creator completes a partition before it bumps the topology and appends only after that; the inputs of a reader are
// fixed topics with a fixed number of partitions, all complete when it is made, so a topic that is created later is
// none of its inputs, and one that is deleted fails by its head.
#include "protocol/ordered_reader.hpp"

#include <algorithm>
#include <limits>

#include "fmt/format.h"
#include "protocol/group_commit.hpp"

namespace kappa::log {

LogOrderedReader::LogOrderedReader(const Environment& environment, std::vector<MergeInput> inputs)
    : environment_(environment) {
  sources_.reserve(inputs.size());
  for (MergeInput& input : inputs) sources_.emplace_back(std::move(input));
}

template <typename Place>
Result<void> LogOrderedReader::skip_towards(Place place) {
  for (Source& source : sources_) {
    if (auto moved = source.cursor.move_towards(place); !moved) return moved;
    auto offset = source.cursor.offset();
    if (!offset) return propagate(offset);
    source.consumed = *offset;
  }
  return {};
}

Result<void> LogOrderedReader::skip_to_end() {
  return skip_towards(Offset{std::numeric_limits<std::uint64_t>::max()});
}

Result<void> LogOrderedReader::skip_to(Micros append_time) {
  return skip_towards(append_time);
}

Result<Sequence> LogOrderedReader::counter() {
  if (environment_.sequence.trusted()) return environment_.sequence.counter();
  // Nobody has written since the machine started: what the files hold is all there is.
  Sequence last;
  for (Source& source : sources_) {
    auto seen = source.cursor.refresh();
    if (!seen) return propagate(seen);
    last = std::max(last, seen->end.point.last_sequence);
  }
  return last.plus(1);
}

Result<Sequence> LogOrderedReader::bound() {
  auto drawn = counter();
  if (!drawn) return drawn;
  Sequence below = *drawn;
  for (Source& source : sources_) {
    auto seen = source.cursor.refresh();
    if (!seen) return propagate(seen);
    source.seen = *seen;
    source.exhausted = false;
    below = std::min(below, seen->low);
  }
  const Sequence bound{below.value > 0 ? below.value - 1 : 0};
  bound_ = std::max(bound_, bound);
  return bound_;
}

Result<LogOrderedReader::Source*> LogOrderedReader::first_source(Sequence upto) {
  Source* first = nullptr;
  Sequence best = upto.plus(1);
  for (Source& source : sources_) {
    if (source.exhausted || source.cursor.has_passed(upto)) continue;
    auto head = source.cursor.peek();
    while (head && *head != nullptr && (*head)->header.kind != FrameKind::data) {
      source.cursor.skip();
      head = source.cursor.peek();
    }
    if (!head) return propagate(head);
    source.exhausted = *head == nullptr;
    if (source.exhausted || (*head)->header.sequence >= best) continue;
    best = (*head)->header.sequence;
    first = &source;
  }
  return first;
}

Result<std::optional<EventBatch>> LogOrderedReader::next(Sequence upto) {
  if (upto > bound_) {
    // A bound that another reader saw: this one's ends may be older than it.
    if (auto own = bound(); !own) return propagate(own);
    upto = std::min(upto, bound_);
  }
  auto first = first_source(upto);
  if (!first) return propagate(first);
  Source* source = *first;
  if (source == nullptr) return std::nullopt;
  auto batch = source->cursor.take();
  if (!batch) return propagate(batch);
  batch->input = source->input;
  source->consumed = batch->end_offset();
  return std::move(*batch);
}

LogOrderedReader::Source* LogOrderedReader::holding_back(Sequence bound) {
  for (Source& source : sources_)
    if (source.seen.low != kEndOfTime && source.seen.low.value <= bound.value + 1) return &source;
  return nullptr;
}

Result<Sequence> LogOrderedReader::wait_past(Sequence past, std::chrono::nanoseconds limit, std::stop_token stop) {
  const SequencePage& page = environment_.sequence;
  const StoppableWait sleep(stop, page);
  const auto begun = environment_.seam.monotonic();
  for (;;) {
    const std::uint32_t seen = page.wakeups();
    auto reached = bound();
    if (!reached) return reached;
    const bool news =
        std::ranges::any_of(sources_, [&](const Source& source) { return source.seen.end.point.last_sequence > past; });
    if (news && *reached > past) return reached;
    // Nothing will come behind damage, and it has no place in the one order: who has read up to it is told.
    for (const Source& source : sources_)
      if (auto damage = source.cursor.partition().damage()) return std::unexpected(*damage);
    if (stop.stop_requested()) return fail(Errc::interrupted, "stopped waiting for events");
    if (auto in_place = page.check_in_place(); !in_place) return propagate(in_place);
    for (const Source& source : sources_)
      if (auto linked = source.cursor.partition().check_linked(); !linked) return propagate(linked);
    const auto waited = environment_.seam.monotonic() - begun;
    if (waited >= limit) return reached;
    Source* holder = holding_back(*reached);
    if (holder == nullptr) {
      sleep.wait(seen, std::min<std::chrono::nanoseconds>(kWaitSlice, limit - waited));
      continue;
    }
    const auto patience_now = patience(holder->cursor.partition().head());
    if (!held_back_.too_long(holder->seen.low, environment_.seam.monotonic(), patience_now))
      sleep.wait(seen, patience_now);
    else if (auto helped = holder->cursor.visible_end().help(); !helped)
      return propagate(helped);
  }
}

std::vector<Durable> LogOrderedReader::seen() const {
  std::vector<Durable> all;
  for (const Source& source : sources_) all.push_back(source.seen);
  return all;
}

std::vector<ConsumedInput> LogOrderedReader::consumed() const {
  std::vector<ConsumedInput> all;
  for (const Source& source : sources_) {
    const PartitionPlace& place = source.cursor.partition().place();
    all.push_back({place.topic, place.partition, source.consumed});
  }
  return all;
}

}  // namespace kappa::log
