// Cold start. Whoever gets the lifetime lock exclusively is alone: every head and the counter may be left over from a
// crash of the machine, so none of them is believed. The new incarnation is written first; from then on no head is
// current, for readers that are at work neither. Then all tails are read, because partitions testify for each other (a
// view's commit names what it had consumed, and so what was durable, elsewhere), and only then each one is recovered.
// The counter comes last: at the next multiple of 2^20 above every sequence found, so that a number that was drawn and
// lost is never drawn again.
//
// The cost is the tails, not the data: at most what was appended since the last mark, for each partition.
#include "directory/cold_start.hpp"

#include <algorithm>

#include "fmt/format.h"
#include "protocol/recovery.hpp"
#include "protocol/sequence_page.hpp"

namespace kappa::log {
namespace {

constexpr std::uint64_t kCounterStep = 1ull << 20;

struct FoundTail {
  FoundPartition found;
  Tail tail;
};

/// The tails of all partitions that have one; damage that leaves none is told when the partition is used.
Result<std::vector<FoundTail>> read_tails(Seam& seam, const Layout& layout, Access access) {
  auto partitions = find_partitions(seam, layout);
  if (!partitions) return propagate(partitions);
  std::vector<FoundTail> tails;
  for (const FoundPartition& found : *partitions) {
    auto tail = read_tail(seam, layout.partition(found.topic, found.number), access);
    if (tail)
      tails.push_back({found, std::move(*tail)});
    else if (tail.error().code == Errc::io)
      return propagate(tail);
  }
  return tails;
}

Offset consumed_of(const ConsumedEvidence& evidence, const SegmentHeader& header) {
  const auto found = evidence.find({header.topic, header.partition});
  return found == evidence.end() ? Offset{} : found->second;
}

PartitionPlace place_of(const Layout& layout, const FoundTail& found) {
  const SegmentHeader& header = found.tail.segment->start.header;
  return {layout.partition(found.found.topic, found.found.number),
          fmt::format("{}/{}", found.found.topic, found.found.number), header.topic, TopicKind::user,
          found.found.number};
}

Result<std::optional<RecoveryNote>> recover_found(const Environment& environment, const Layout& layout,
                                                  const FoundTail& found, const ConsumedEvidence& evidence) {
  auto partition = Partition::open(environment, place_of(layout, found));
  if (!partition) return propagate(partition);
  auto locked = (*partition)->lock();
  if (!locked) return propagate(locked);
  return recover(*locked, found.tail, consumed_of(evidence, found.tail.segment->start.header), layout.aside());
}

}  // namespace

Result<ConsumedEvidence> collect_evidence(Seam& seam, const Layout& layout) {
  auto tails = read_tails(seam, layout, Access::read_only);
  if (!tails) return propagate(tails);
  ConsumedEvidence evidence;
  for (const FoundTail& found : *tails) add_evidence(evidence, found.tail);
  return evidence;
}

Result<std::vector<RecoveryNote>> cold_start(const Environment& environment, const Layout& layout) {
  environment.sequence.begin_incarnation(environment.seam.random());
  auto tails = read_tails(environment.seam, layout, Access::read_write);
  if (!tails) return propagate(tails);
  ConsumedEvidence evidence;
  Sequence highest;
  Micros last_time = 0;
  for (const FoundTail& found : *tails) {
    add_evidence(evidence, found.tail);
    highest = std::max(highest, found.tail.highest);
    last_time = std::max(last_time, found.tail.end.last_append_time);
  }
  std::vector<RecoveryNote> notes;
  for (const FoundTail& found : *tails) {
    auto recovered = recover_found(environment, layout, found, evidence);
    if (!recovered && recovered.error().code != Errc::corruption && recovered.error().code != Errc::conflict)
      return propagate(recovered);
    if (recovered && *recovered) notes.push_back(std::move(**recovered));
  }
  // A directory in which nothing was ever appended begins at 1.
  const std::uint64_t next = highest == kNoSequence ? 1 : (highest.value / kCounterStep + 1) * kCounterStep;
  environment.sequence.finish_incarnation({next}, last_time);
  return notes;
}

Result<std::vector<RecoveryNote>> recover_one(Partition& partition, const Layout& layout,
                                              const ConsumedEvidence& evidence) {
  auto locked = partition.lock();
  if (!locked) return propagate(locked);
  if (partition.current()) return {};
  auto tail = read_tail(partition.seam(), partition.place().directory, Access::read_write);
  if (!tail) return propagate(tail);
  auto note = recover(*locked, *tail, consumed_of(evidence, tail->segment->start.header), layout.aside());
  if (!note) return propagate(note);
  std::vector<RecoveryNote> notes;
  if (*note) notes.push_back(std::move(**note));
  return notes;
}

}  // namespace kappa::log
