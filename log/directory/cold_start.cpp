// Cold start. Whoever gets the lifetime lock exclusively is alone: every head and the counter may be left over from a
// crash of the machine, so none of them is believed. All tails are read first, because partitions testify for each
// other (a view's commit names what it had consumed, and so what was durable, elsewhere). Where one of them was written
// by a newer version the start ends there, before a byte is written. Then comes the new incarnation: from now on no
// head is current, for readers that are at work neither; and only then each partition is recovered. The counter comes
// last: at a multiple of 2^20 above every sequence found, so that a number of an append that was acknowledged is never
// drawn again. Where bytes are damaged or torn, as many numbers more are passed over as headers can have stood in them,
// and 2^20 for those that were drawn and never written (docs/log-format.md, "Where the counter goes on").
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

struct FoundTails {
  std::vector<FoundTail> readable;
  std::vector<std::string> others;  ///< Directories of partitions whose tail cannot be read.
};

/// What a newer version wrote, perhaps in ways that this one cannot go on from.
std::optional<Error> newer_than_this(const Result<Tail>& tail) {
  if (!tail && tail.error().code == Errc::conflict) return tail.error();
  if (tail && tail->stop && tail->stop->kind == FaultKind::unsupported)
    return fault_error(*tail->stop, tail->segment->file.path());
  return std::nullopt;
}

/// The tails of all partitions that have one; damage that leaves none is told when the partition is used.
Result<FoundTails> read_tails(Seam& seam, const Layout& layout, Access access) {
  auto partitions = find_partitions(seam, layout);
  if (!partitions) return propagate(partitions);
  FoundTails tails;
  for (const FoundPartition& found : *partitions) {
    const std::string directory = layout.partition(found.topic, found.number);
    auto tail = read_tail(seam, directory, access);
    if (!tail && tail.error().code == Errc::io) return propagate(tail);
    if (auto newer = newer_than_this(tail)) return std::unexpected(std::move(*newer));
    if (tail)
      tails.readable.push_back({found, std::move(*tail)});
    else
      tails.others.push_back(directory);
  }
  return tails;
}

/// Where the counter goes on.
Result<Sequence> next_sequence(const Environment& environment, const FoundTails& tails) {
  Sequence highest;
  std::uint64_t lost = 0;
  for (const FoundTail& found : tails.readable) {
    highest = std::max(highest, found.tail.highest);
    lost += found.tail.lost_headers();
  }
  for (const std::string& directory : tails.others) {
    auto tail = read_lost_tail(environment.seam, directory);
    if (!tail) return propagate(tail);
    highest = std::max(highest, tail->highest);
    // The newest segment may be missing altogether.
    lost += (tail->bytes_max + environment.options.segment_bytes) / kFrameHeaderBytes;
  }
  // A directory in which nothing was ever appended begins at 1.
  if (highest == kNoSequence && lost == 0) return Sequence{1};
  const std::uint64_t passed = highest.value + (lost == 0 ? 0 : lost + kCounterStep);
  return Sequence{(passed / kCounterStep + 1) * kCounterStep};
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
  for (const FoundTail& found : tails->readable) add_evidence(evidence, found.tail);
  return evidence;
}

Result<std::vector<RecoveryNote>> cold_start(const Environment& environment, const Layout& layout) {
  auto tails = read_tails(environment.seam, layout, Access::read_write);
  if (!tails) return propagate(tails);
  environment.sequence.begin_incarnation(environment.seam.random());
  ConsumedEvidence evidence;
  Micros last_time = 0;
  for (const FoundTail& found : tails->readable) {
    add_evidence(evidence, found.tail);
    last_time = std::max(last_time, found.tail.end.last_append_time);
  }
  auto next = next_sequence(environment, *tails);
  if (!next) return propagate(next);
  std::vector<RecoveryNote> notes;
  for (const FoundTail& found : tails->readable) {
    auto recovered = recover_found(environment, layout, found, evidence);
    if (!recovered && recovered.error().code != Errc::corruption && recovered.error().code != Errc::conflict)
      return propagate(recovered);
    if (recovered && *recovered) notes.push_back(std::move(**recovered));
  }
  environment.sequence.finish_incarnation(*next, last_time);
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
