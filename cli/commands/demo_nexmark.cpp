// Blocks of event numbers, and one frame a topic for each block: people, then auctions, then bids. Frames are written
// ahead of their syncs; the last of each topic covers those before it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>

#include "commands/commands.hpp"
#include "commands/store.hpp"
#include "kappa/base/event_builder.hpp"
#include "nexmark/nexmark.hpp"

namespace kappa::cli {
namespace {

constexpr std::uint64_t kEventsDefault = 100'000;
constexpr std::uint64_t kBlockDefault = 10'000;
constexpr std::uint64_t kBlockMax = 40'000;  // Its bids fit into one frame.
constexpr std::uint64_t kOutOfOrderMax = 1'000'000;
constexpr std::uint64_t kBlocksAheadMax = 16;
constexpr std::array<const char*, 3> kTopics{"person", "auction", "bid"};

struct DemoOptions {
  std::optional<std::uint64_t> events, seed, block, from, rate, out_of_order;
  std::string only;
  bool print = false;
};

Result<void> check(const DemoOptions& options) {
  const std::uint64_t block = options.block.value_or(kBlockDefault);
  if (block == 0 || block > kBlockMax)
    return fail(Errc::usage, fmt::format("demo nexmark: --block is 1 to {}", kBlockMax));
  if (options.rate == 0U) return fail(Errc::usage, "demo nexmark: --rate is at least 1");
  const std::uint64_t group = options.out_of_order.value_or(1);
  if (group == 0 || group > kOutOfOrderMax) {
    return fail(Errc::usage, fmt::format("demo nexmark: --out-of-order is 1 to {}", kOutOfOrderMax));
  }
  if (!options.only.empty() && !options.print) return fail(Errc::usage, "demo nexmark: --only goes with --print");
  return {};
}

Result<void> print_events(Context& context, const NexmarkGenerator& generator, const DemoOptions& options,
                          std::uint64_t from, std::uint64_t until) {
  for (std::uint64_t number = from; number < until; ++number) {
    const char* topic = kTopics[static_cast<std::size_t>(NexmarkGenerator::kind(number))];
    if (!options.only.empty() && options.only != topic) continue;
    if (context.stop.stop_requested()) return fail(Errc::interrupted, "interrupted");
    generator.put(number, context.out.buffer());
    context.out.buffer().push_back('\n');
    if (auto settled = context.out.settle(); !settled) return settled;
  }
  return {};
}

/// One of the three topics, with its part of the block in the making.
struct TopicWriter {
  std::unique_ptr<log::Appender> appender;
  EventBatchBuilder frame;
  std::optional<log::Stamp> written;

  Result<void> write() {
    if (frame.count() == 0) return {};
    auto stamp = appender->write(frame.columns());
    if (!stamp) return propagate(stamp);
    written = *stamp;
    frame.clear();
    return {};
  }
  Result<void> await() { return written ? appender->await_durable(*written) : Result<void>{}; }
};
using TopicWriters = std::array<TopicWriter, kTopics.size()>;

Result<void> await_all(TopicWriters& writers) {
  for (TopicWriter& writer : writers) {
    if (auto durable = writer.await(); !durable) return durable;
  }
  return {};
}

Result<void> append_block(TopicWriters& writers, const NexmarkGenerator& generator, std::uint64_t from,
                          std::uint64_t until) {
  std::string text;
  for (std::uint64_t number = from; number < until; ++number) {
    text.clear();
    generator.put(number, text);
    writers[static_cast<std::size_t>(NexmarkGenerator::kind(number))].frame.add(
        {kNoTimestamp, std::nullopt, as_bytes(text), {}});
  }
  for (TopicWriter& writer : writers) {
    if (auto written = writer.write(); !written) return written;
  }
  return {};
}

Result<void> append_events(Context& context, const NexmarkGenerator& generator, std::uint64_t block, std::uint64_t from,
                           std::uint64_t until) {
  auto directory = open_directory(context, OpenFor::creating);
  if (!directory) return propagate(directory);
  TopicWriters writers;
  for (std::size_t i = 0; i < kTopics.size(); ++i) {
    auto topic = topic_for_append(context, **directory, kTopics[i]);
    if (!topic) return propagate(topic);
    auto appender = (*directory)->appender(*topic);
    if (!appender) return propagate(appender);
    writers[i].appender = std::move(*appender);
  }
  std::uint64_t ahead = 0;
  for (std::uint64_t number = from; number < until;) {
    if (context.stop.stop_requested()) {
      if (auto durable = await_all(writers); !durable) return durable;
      return fail(Errc::interrupted, "interrupted");
    }
    const std::uint64_t block_end = std::min(until, (number / block + 1) * block);
    if (auto appended = append_block(writers, generator, number, block_end); !appended) return appended;
    number = block_end;
    if (++ahead % kBlocksAheadMax != 0) continue;
    if (auto durable = await_all(writers); !durable) return durable;
  }
  return await_all(writers);
}

Result<int> demo_nexmark(Context& context, const DemoOptions& options) {
  if (auto fine = check(options); !fine) return propagate(fine);
  NexmarkOptions parameters;
  parameters.seed = options.seed.value_or(parameters.seed);
  parameters.events_per_second = options.rate.value_or(parameters.events_per_second);
  parameters.out_of_order = options.out_of_order.value_or(parameters.out_of_order);
  const NexmarkGenerator generator(parameters);
  const std::uint64_t from = options.from.value_or(0);
  const std::uint64_t until = from + options.events.value_or(kEventsDefault);
  const auto start = std::chrono::steady_clock::now();
  auto done = options.print ? print_events(context, generator, options, from, until)
                            : append_events(context, generator, options.block.value_or(kBlockDefault), from, until);
  if (!done) return propagate(done);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  if (!options.print) {
    context.say(fmt::format("appended {} events to person, auction and bid, seed {}, {:.1f} s", until - from,
                            parameters.seed, seconds.count()));
  }
  return 0;
}

}  // namespace

Command demo_nexmark_command() {
  auto options = std::make_shared<DemoOptions>();  // Shared: the table and the action both point into it.
  return {"demo nexmark",
          "Append the events of an online auction (a benchmark) to person, auction and bid",
          {"kappa demo nexmark --events 1000000", "kappa demo nexmark --print --only bid --events 1000 > bids.ndjson",
           "kappa demo nexmark --from 100000 --events 100000    # the next ones"},
          {},
          {{"-n,--events", "N", "How many event numbers (default 100000)", &options->events},
           {"--from", "K", "The first event number (default 0)", &options->from},
           {"--seed", "S", "Another seed, other events (default 1)", &options->seed},
           {"--block", "B", "Event numbers a block: one frame a topic (default 10000)", &options->block},
           {"--rate", "R", "Events a second of event time (default 10000)", &options->rate},
           {"--out-of-order", "G", "Permute event times within groups of G (default 1)", &options->out_of_order},
           {"--print", "", "Print JSON lines instead of appending", &options->print},
           {"--only", "TOPIC", "With --print: person, auction or bid", &options->only, {"person", "auction", "bid"}}},
          {},
          [options](Context& context) { return demo_nexmark(context, *options); },
          {"Every event is a pure function of the seed and its number: the same bytes on every machine."}};
}

}  // namespace kappa::cli
