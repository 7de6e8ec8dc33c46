#include <fmt/format.h>
#include <unistd.h>

#include <limits>
#include <memory>

#include "commands/commands.hpp"
#include "commands/event_printer.hpp"
#include "commands/merged.hpp"
#include "commands/store.hpp"
#include "commands/time_range.hpp"
#include "frame/reader_watch.hpp"
#include "kappa/replay/replay.hpp"

namespace kappa::cli {
namespace {

constexpr std::uint64_t kForEver = std::numeric_limits<std::uint64_t>::max();

struct TailOptions {
  std::vector<std::string> topics;
  std::string range = "end";
  std::optional<std::uint64_t> count;
  bool envelope = false;
  std::optional<std::uint64_t> partition;
};

/// Where to begin and to end; a range to `end` has no end here, and one to an offset may end in the future.
OffsetSpan span_of(const Range& range, const log::PartitionExtent& extent) {
  OffsetSpan span = resolve(range, extent.start.value, extent.end.value);
  const bool from_end = range.end.from == RangePoint::From::end;
  if (from_end && range.end.distance == 0) span.end = kForEver;
  if (!from_end) span.end = range.end.distance;
  return span;
}

Result<void> follow(Context& context, log::PartitionReader& reader, EventPrinter& printer, const OffsetSpan& span) {
  const ReaderWatch watch(STDOUT_FILENO, context.stop);
  std::uint64_t next = span.begin;
  while (next < span.end && !printer.done()) {
    const auto batch = reader.next();
    if (!batch) return std::unexpected(batch.error());
    if (*batch) {
      if (auto printed = printer.print(**batch, span.begin, span.end); !printed) return printed;
      next = (*batch)->end_offset().value;
      continue;
    }
    if (auto flushed = context.out.flush(); !flushed) return flushed;
    auto waited = reader.wait(watch.token());
    if (watch.reader_has_gone()) context.out.set_closed_by_reader();
    if (!waited) return waited;
  }
  return context.out.flush();
}

Result<void> follow_partition(Context& context, log::Directory& directory, const log::TopicInfo& topic,
                              std::uint32_t partition, const Range& range, EventPrinter& printer) {
  auto reader = replay::committed_reader(directory, topic, partition);
  if (!reader) return propagate(reader);
  const auto extent = (*reader)->extent();
  if (!extent) return std::unexpected(extent.error());
  const auto offsets = in_offsets(range, **reader);
  if (!offsets) return std::unexpected(offsets.error());
  const OffsetSpan span = span_of(*offsets, *extent);
  if (auto placed = (*reader)->seek(Offset{span.begin}); !placed) return placed;
  return follow(context, **reader, printer, span);
}

Result<int> tail(Context& context, const TailOptions& options) {
  if (options.topics.size() > 1 && options.partition)
    return fail(Errc::usage, "tail: -p is about one topic", "one command each");
  const auto range = parse_range(options.range);
  if (!range) return std::unexpected(range.error());
  if (auto fine = check_times_to_follow(*range); !fine) return propagate(fine);
  auto directory = open_directory(context, OpenFor::reading);
  if (!directory) return propagate(directory);
  auto topics = find_topics(context, **directory, options.topics);
  if (!topics) return propagate(topics);
  EventPrinter printer(context.out, *topics, options.envelope, options.count.value_or(kForEver));
  std::optional<std::uint32_t> single;
  if (topics->size() == 1) {
    auto partition = partition_of(topics->front(), options.partition);
    if (!partition) return propagate(partition);
    single = *partition;
  }
  const auto followed = single ? follow_partition(context, **directory, topics->front(), *single, *range, printer)
                               : follow_merged(context, **directory, *topics, *range, printer);
  if (followed) return 0;
  if (followed.error().code == Errc::interrupted && context.signals.received() != 0) {
    return context.signals.code_of_endless_work();
  }
  return std::unexpected(followed.error());
}

}  // namespace

Command tail_command() {
  auto options = std::make_shared<TailOptions>();  // Shared: the table and the action both point into it.
  return {"tail",
          "Follow topics or the changes of a view, from the end",
          {"kappa tail orders", "kappa tail orders payments -J", "kappa tail revenue -o start",
           "kappa tail orders -n 1    # wait for one event"},
          {{"TOPIC", "a topic or a view; several topics are printed in the order of their appends", &options->topics}},
          {{"-o,--offset", "RANGE", "Where to begin: end (default), start, N, -N, @TIME, @-AGE; N:M ends before M",
            &options->range},
           {"-n,--num", "N", "End after N events", &options->count},
           {"-p,--partition", "P", "Only this partition; else all, in the order in which they are appended",
            &options->partition},
           {"-J,--json", "", "Envelopes: a line of JSON an event, with key, headers and time", &options->envelope}},
          {},
          [options](Context& context) { return tail(context, *options); },
          {"SIGTERM ends it with 0, SIGINT with 130."}};
}

}  // namespace kappa::cli
