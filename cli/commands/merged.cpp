// Several topics or partitions printed as one. The end of a bounded read is the newest durable frame of any of them:
// what is before it in the one order and still under way is waited for, which takes as long as a sync.
#include "commands/merged.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <vector>

#include "frame/reader_watch.hpp"

namespace kappa::cli {
namespace {

constexpr std::uint64_t kAllOffsets = std::numeric_limits<std::uint64_t>::max();

Result<void> check_range(const Range& range, std::span<const log::TopicInfo> topics) {
  if (!range.begin.is_offset() && !range.end.is_offset()) return {};
  if (topics.size() > 1)
    return fail(Errc::usage, "an offset is one in a topic, and these are several",
                "all of them have a beginning, an end and times: -o start, -o @-1h");
  const log::TopicInfo& topic = topics.front();
  return fail(Errc::usage,
              fmt::format("{} has {} partitions, and an offset is one in a partition", topic.name, topic.partitions),
              "say which: --partition 0; all of them have a beginning, an end and times: -o start, -o @-1h");
}

/// The end of a partition as it is now.
struct End {
  const log::TopicInfo* topic;
  std::uint32_t partition;
  log::PartitionExtent extent;
};

Result<std::vector<End>> ends_of(log::Directory& directory, std::span<const log::TopicInfo> topics) {
  std::vector<End> ends;
  for (const log::TopicInfo& topic : topics) {
    for (std::uint32_t partition = 0; partition < topic.partitions; ++partition) {
      auto reader = directory.reader(topic, partition);
      if (!reader) return propagate(reader);
      auto extent = (*reader)->extent();
      if (!extent) return propagate(extent);
      ends.push_back({&topic, partition, *extent});
    }
  }
  return ends;
}

/// Of the newest durable frame.
Sequence last_of(const std::vector<End>& ends) {
  Sequence last;
  for (const End& end : ends) last = std::max(last, end.extent.last);
  return last;
}

/// What looks like an end may be where damage begins; a reader tells when it is asked for more. What it gives instead
/// has been appended since.
Result<void> check_ends(log::Directory& directory, const std::vector<End>& ends) {
  for (const End& end : ends) {
    auto reader = directory.reader(*end.topic, end.partition);
    if (!reader) return propagate(reader);
    if (auto placed = (*reader)->seek(end.extent.end); !placed) return placed;
    const auto more = (*reader)->next();
    if (!more) return std::unexpected(more.error());
  }
  return {};
}

Result<void> begin(log::OrderedReader& reader, const Range& range) {
  if (range.begin.is_time()) return reader.skip_to(range.begin.time);
  return range.begin.from == RangePoint::From::end ? reader.skip_to_end() : Result<void>{};
}

/// Where a print of events in the one order ends. Append times rise along it.
struct Until {
  Sequence upto;
  Micros before = std::numeric_limits<Micros>::max();  ///< Appended before this time.
};

/// Prints what there is.
Result<void> print_until(Context& context, log::OrderedReader& reader, const Until& until, EventPrinter& printer) {
  while (!printer.done()) {
    if (context.stop.stop_requested()) return fail(Errc::interrupted, "interrupted");
    const auto batch = reader.next(until.upto);
    if (!batch) return std::unexpected(batch.error());
    if (!*batch || (*batch)->append_time >= until.before) return {};
    if (auto printed = printer.print(**batch, 0, kAllOffsets); !printed) return printed;
  }
  return {};
}

}  // namespace

Result<void> read_merged(Context& context, log::Directory& directory, std::span<const log::TopicInfo> topics,
                         const Range& range, EventPrinter& printer) {
  if (auto fine = check_range(range, topics); !fine) return fine;
  auto reader = directory.ordered_reader(topics);
  if (!reader) return propagate(reader);
  auto ends = ends_of(directory, topics);
  if (!ends) return propagate(ends);
  const Sequence last = last_of(*ends);
  const bool none = range.begin.from == RangePoint::From::end || range.end.from == RangePoint::From::start;
  if (none || last == kNoSequence) return check_ends(directory, *ends);
  auto settled = (*reader)->wait_past(Sequence{last.value - 1}, log::OrderedReader::kNoLimit, context.stop);
  if (!settled) return propagate(settled);
  if (auto begun = begin(**reader, range); !begun) return begun;
  Until until{last};
  if (range.end.is_time()) until.before = range.end.time;
  if (auto printed = print_until(context, **reader, until, printer); !printed) return printed;
  return printer.done() || range.end.is_time() ? Result<void>{} : check_ends(directory, *ends);
}

Result<void> follow_merged(Context& context, log::Directory& directory, std::span<const log::TopicInfo> topics,
                           const Range& range, EventPrinter& printer) {
  if (auto fine = check_range(range, topics); !fine) return fine;
  if (range.end.from == RangePoint::From::start) return {};
  auto reader = directory.ordered_reader(topics);
  if (!reader) return propagate(reader);
  if (auto begun = begin(**reader, range); !begun) return begun;
  const ReaderWatch watch(STDOUT_FILENO, context.stop);
  auto bound = (*reader)->bound();
  while (bound && !printer.done()) {
    if (auto printed = print_until(context, **reader, {*bound}, printer); !printed) return printed;
    if (printer.done()) break;
    if (auto flushed = context.out.flush(); !flushed) return flushed;
    bound = (*reader)->wait_past(*bound, log::OrderedReader::kNoLimit, watch.token());
    if (watch.reader_has_gone()) context.out.set_closed_by_reader();
  }
  if (!bound) return propagate(bound);
  return context.out.flush();
}

}  // namespace kappa::cli
