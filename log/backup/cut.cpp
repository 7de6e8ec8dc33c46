// A consistent cut. Below the bound of a merge of all partitions nothing is in flight, so cutting each partition behind
// its last frame at or below the bound cuts the one order there: a view's commit is above the frames that it consumed,
// an event above the catalog event that made its topic.
//
// The partitions are those that the catalog knew before the bound was asked for. If the catalog's end has moved by
// then, or its newest event is above the bound, they may not be those of the cut, and all is done again.
#include "backup/cut.hpp"

#include <algorithm>

#include "fmt/format.h"
#include "protocol/ordered_reader.hpp"

namespace kappa::log {
namespace {

constexpr int kAttempts = 10;
constexpr std::chrono::seconds kPatience{1};
constexpr std::chrono::milliseconds kSlice{20};

/// Errc::not_found: a topic was deleted since.
Result<std::vector<CutPartition>> all_partitions(LogDirectory& directory) {
  auto topics = directory.catalog().topics();
  if (!topics) return propagate(topics);
  auto catalog = directory.catalog().find_topic(kCatalogTopic);
  if (!catalog) return propagate(catalog);
  topics->insert(topics->begin(), **catalog);
  std::vector<CutPartition> all;
  for (const TopicInfo& topic : *topics) {
    for (std::uint32_t number = 0; number < topic.partitions; ++number) {
      auto partition = directory.partition(topic, number);
      if (!partition) return propagate(partition);
      all.push_back({topic, *partition, {}});
    }
  }
  return all;
}

/// How far the one order is settled: below `drawn` if something in flight would not be.
struct Settled {
  Sequence bound;
  Sequence drawn;
};

/// Lets everything drawn until now become durable, or fail.
Result<Settled> settle(const Environment& environment, LogOrderedReader& reader) {
  const SequencePage& page = environment.sequence;
  const Sequence drawn{page.trusted() ? page.counter().value - 1 : 0};
  const auto begun = environment.seam.monotonic();
  for (;;) {
    auto bound = reader.bound();
    if (!bound) return propagate(bound);
    if (*bound >= drawn || environment.seam.monotonic() - begun > kPatience) return Settled{*bound, drawn};
    auto waited = reader.wait_past({drawn.value - 1}, kSlice, {});
    if (!waited) return propagate(waited);
  }
}

/// Which partition keeps the bound back.
std::string holder(const std::vector<CutPartition>& partitions, const std::vector<Durable>& seen, Sequence bound) {
  for (std::size_t i = 0; i < seen.size(); ++i)
    if (seen[i].low != kEndOfTime && seen[i].low.value <= bound.value + 1)
      return fmt::format("{}: an append with sequence {} is neither durable nor given up",
                         partitions[i].partition->place().label, seen[i].low.value);
  return "an append is neither durable nor given up";
}

std::unexpected<Error> moved() {
  return fail(Errc::conflict, "topics are made and deleted all the time, so that no backup can be begun",
              "try again when fewer topics come and go");
}

/// Errc::conflict: the catalog has moved meanwhile, or stays above what is settled; the message says which.
Result<Cut> try_cut(LogDirectory& directory) {
  auto before = directory.catalog().read();
  if (!before) return propagate(before);
  auto partitions = all_partitions(directory);
  if (!partitions && partitions.error().code == Errc::not_found) return moved();
  if (!partitions) return propagate(partitions);
  std::vector<MergeInput> inputs;
  for (const CutPartition& one : *partitions) inputs.push_back({0, one.partition});
  LogOrderedReader reader(directory.environment(), std::move(inputs));
  auto settled = settle(directory.environment(), reader);
  if (!settled && settled.error().code == Errc::not_found) return moved();
  if (!settled) return propagate(settled);
  auto now = directory.catalog().read();
  if (!now) return propagate(now);
  const Sequence defined = now->events.empty() ? kNoSequence : now->events.back().sequence;
  if (now->end != before->end) return moved();
  if (defined > settled->bound)
    return fail(Errc::conflict,
                fmt::format("{}, so the catalog's newest event is not settled",
                            holder(*partitions, reader.seen(), settled->bound)),
                "kappa append TOPIC < /dev/null recovers what a crash has left; then try again");
  auto gap_segments = directory.log_catalog().gap_segments();
  if (!gap_segments) return propagate(gap_segments);
  Cut cut{settled->bound, std::move(*partitions), {}, std::move(*gap_segments)};
  const std::vector<Durable> seen = reader.seen();
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (auto damage = cut.partitions[i].partition->damage()) return std::unexpected(*damage);
    cut.partitions[i].end = seen[i].end;
  }
  if (settled->bound < settled->drawn) cut.held_back = holder(cut.partitions, seen, cut.bound);
  if (seen.front().end.point.next_offset > now->end) {
    // Durable, but of a process that died before it told so: a topic that it made is none of those above.
    cut.bound = defined;
    cut.held_back = "_catalog/0: an event is durable and was not published; the next append will";
  }
  return cut;
}

}  // namespace

Result<Cut> cut_directory(LogDirectory& directory) {
  auto cut = try_cut(directory);
  for (int attempt = 1; attempt < kAttempts && !cut && cut.error().code == Errc::conflict; ++attempt)
    cut = try_cut(directory);
  return cut;
}

}  // namespace kappa::log
