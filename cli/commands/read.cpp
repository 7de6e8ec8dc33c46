#include <fmt/format.h>

#include <limits>
#include <memory>

#include "commands/commands.hpp"
#include "commands/event_printer.hpp"
#include "commands/merged.hpp"
#include "commands/past_damage.hpp"
#include "commands/read_final.hpp"
#include "commands/store.hpp"
#include "commands/time_range.hpp"
#include "kappa/replay/replay.hpp"

namespace kappa::cli {
namespace {

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

struct ReadOptions {
  std::vector<std::string> topics;
  std::string range = ":";
  std::optional<std::uint64_t> count;
  bool envelope = false;
  bool final_rows = false;
  std::string as_of;
  std::optional<std::uint64_t> partition;
  std::string on_corruption = "stop";
  [[nodiscard]] bool skips() const { return on_corruption == "skip"; }
};

Result<void> check(const Context& context, const ReadOptions& options) {
  if (options.topics.size() > 1 && (options.final_rows || options.partition))
    return fail(Errc::usage, "read: --final and -p are about one topic or view", "one command each");
  if (options.final_rows && options.skips())
    return fail(Errc::usage, "read: --on-corruption=skip is for events; rows of which some are lost would be wrong");
  const bool ranged = options.range != ":" || options.count || options.envelope || options.partition;
  if (options.final_rows && ranged) return fail(Errc::usage, "read: --final excludes -o, -n, -p and -J");
  if (options.final_rows) return {};
  if (!options.as_of.empty()) return fail(Errc::usage, "read: --as-of goes with --final");
  if (context.common.mode() != OutputMode::standard) {
    return fail(Errc::usage, "read: -O goes with --final", "kappa read TOPIC -J prints events as JSON");
  }
  return {};
}

Result<void> read_partition(Context& context, log::Directory& directory, const log::TopicInfo& topic,
                            std::uint32_t partition, const ReadOptions& options) {
  const auto range = parse_range(options.range);
  if (!range) return std::unexpected(range.error());
  const bool skips = options.skips();
  auto reader = skips && topic.kind == log::TopicKind::user ? directory.reader(topic, partition)
                                                            : replay::committed_reader(directory, topic, partition);
  if (!reader) return propagate(reader);
  PastDamage reading(context, fmt::format("{} [{}]", topic.name, partition), **reader,
                     skips ? OnCorruption::skip : OnCorruption::stop);
  const auto extent = reading.extent();
  if (!extent) return std::unexpected(extent.error());
  const auto offsets = in_offsets(*range, **reader);
  if (!offsets) return std::unexpected(offsets.error());
  const OffsetSpan span = resolve(*offsets, extent->start.value, extent->end.value);
  const bool asked_for_less =
      range->begin.from == RangePoint::From::start && options.range.find_first_of("0123456789") == 0;
  if (asked_for_less && range->begin.distance < extent->start.value)
    context.say(fmt::format("{} begins at offset {}: what was before it was removed by retention",
                            partition_name(topic, partition), extent->start.value));
  if (auto placed = reading.seek(Offset{span.begin}); !placed) return placed;
  EventPrinter printer(context.out, {&topic, 1}, options.envelope, options.count.value_or(kNoLimit));
  // Of damage at the end nobody knows how much is lost, so what is left is then read to its very end.
  const bool to_end = span.end == extent->end.value;
  const std::uint64_t end = to_end && skips ? kNoLimit : span.end;
  std::uint64_t next = span.begin;
  while (next < end && !printer.done()) {
    if (context.stop.stop_requested()) return fail(Errc::interrupted, "interrupted");
    const auto batch = reading.next();
    if (!batch) return std::unexpected(batch.error());
    if (!*batch) return reading.verdict();
    if (auto printed = printer.print(**batch, span.begin, end); !printed) return printed;
    next = (*batch)->end_offset().value;
  }
  // What looks like the end may be where damage begins; the reader tells when it is asked for more. What it gives
  // instead has been appended since.
  if (to_end && !printer.done())
    if (const auto more = reading.next(); !more) return std::unexpected(more.error());
  return reading.verdict();
}

Result<void> read_events(Context& context, log::Directory& directory, std::span<const log::TopicInfo> topics,
                         const ReadOptions& options) {
  if (topics.size() == 1) {
    auto partition = partition_of(topics[0], options.partition);
    if (!partition) return propagate(partition);
    if (*partition) return read_partition(context, directory, topics[0], **partition, options);
  }
  if (options.skips())
    return fail(Errc::usage, "read: what is lost of one partition has no place in the order of several",
                "--on-corruption=skip reads one partition at a time: kappa read TOPIC --partition 0");
  const auto range = parse_range(options.range);
  if (!range) return std::unexpected(range.error());
  EventPrinter printer(context.out, topics, options.envelope, options.count.value_or(kNoLimit));
  return read_merged(context, directory, topics, *range, printer);
}

Result<int> read(Context& context, const ReadOptions& options) {
  if (auto fine = check(context, options); !fine) return propagate(fine);
  auto directory = open_directory(context, OpenFor::reading);
  if (!directory) return propagate(directory);
  auto topics = find_topics(context, **directory, options.topics);
  if (!topics) return propagate(topics);
  auto done = options.final_rows ? read_final(context, **directory, topics->front(), options.as_of)
                                 : read_events(context, **directory, *topics, options);
  if (!done) return propagate(done);
  return 0;
}

}  // namespace

Command read_command() {
  auto options = std::make_shared<ReadOptions>();  // Shared: the table and the action both point into it.
  return {
      "read",
      "Print the events of topics or the changes of a view, up to the end as it is now",
      {"kappa read orders -o -10", "kappa read orders -J | kappa append copy -J", "kappa read orders payments -J",
       "kappa read revenue --final -O table"},
      {{"TOPIC", "a topic or a view; several topics are printed in the order of their appends", &options->topics}},
      {{"-o,--offset", "RANGE",
        "start, end, N, -N (N before the end), @TIME, @-AGE, or two of them: 5:10, :5, @-1h:end", &options->range},
       {"-n,--num", "N", "At most N events", &options->count},
       {"-p,--partition", "P", "Only this partition; else all, in the order in which they were appended",
        &options->partition},
       {"-J,--json", "", "Envelopes: a line of JSON an event, with key, headers and time", &options->envelope},
       {"--final", "", "The rows of a view's contents instead of its changes", &options->final_rows},
       {"--as-of", "POSITION", "With --final: the contents at this position", &options->as_of},
       {"--on-corruption",
        "WHAT",
        "stop (default), or skip: leave out what is damaged, and say so",
        &options->on_corruption,
        {"stop", "skip"}}},
      {"table", "ndjson", "json"},
      [options](Context& context) { return read(context, *options); },
      {"A view's changes are printed as + {row} and - {row}. To wait for more, see kappa help tail.",
       "With --on-corruption=skip every damaged range is told on stderr, with its file, bytes and offsets; all whole\n"
       "events around it are printed; the exit code is 7 all the same if anything was left out."}};
}

}  // namespace kappa::cli
