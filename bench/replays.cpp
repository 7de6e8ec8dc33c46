#include "replays.hpp"

#include "kappa/replay/replay.hpp"
#include "kappa/sql/compile.hpp"
#include "support.hpp"

namespace kappa::bench {
namespace {

constexpr std::size_t kPendingBytesMax = std::size_t{1} << 20U;  // As replay() has it.

const std::string kBidTable =
    "CREATE TABLE bid (auction bigint, bidder bigint, price bigint, channel text, url text, date_time timestamp, "
    "extra text);\n";

}  // namespace

const std::string kFilterSql =
    kBidTable + "CREATE MATERIALIZED VIEW result AS SELECT auction, price FROM bid WHERE auction % 123 = 0;\n";
const std::string kCountSql = kBidTable +
                              "CREATE MATERIALIZED VIEW result AS SELECT window_start, auction, count(*) AS bids "
                              "FROM tumble(bid, date_time, interval '10 seconds') GROUP BY window_start, auction;\n";
const std::string kProjectionSql =
    kBidTable +
    "CREATE MATERIALIZED VIEW result AS SELECT auction, bidder, 0.908 * price AS price, date_time, extra FROM bid;\n";

replay::Definition define(const std::string& sql) {
  auto compiled = must(sql::compile(sql, "bench.sql"));
  return must(replay::define(std::move(compiled.program), sql));
}

std::unique_ptr<log::Directory> open_log(const std::filesystem::path& path) {
  return must(log::Directory::open(path, {.access = log::Access::read_write, .create = true}));
}

std::size_t drive(log::Directory& directory, const replay::Definition& definition, processor::ChangeSink& sink) {
  auto processor = must(definition.make({}));
  std::vector<log::TopicInfo> topics;
  for (const processor::InputSpec& input : processor->inputs())
    topics.push_back(must(directory.catalog().find_topic(input.topic)).value());
  auto reader = must(directory.ordered_reader(topics));
  const Sequence bound = must(reader->bound());
  const bool streams = definition.views.front().arrival_order;
  Sequence position;
  while (const auto batch = must(reader->next(bound))) {
    must(processor->process(*batch));
    position = batch->sequence;
    if (streams && processor->pending_bytes() > kPendingBytesMax) must(processor->advance(position, sink));
  }
  must(processor->advance(position, sink));
  return processor->state_bytes();
}

Replayed replay_once(log::Directory& directory, const replay::Definition& definition) {
  Replayed done;
  replay::ReplayOptions options;
  options.output = definition.views.front().name;
  done.cpu_seconds = cpu_seconds_of([&] {
    const auto stats =
        must(replay::replay(directory, definition, options, [](const processor::Batch&) { return Result<void>{}; }));
    done.events = stats.events;
    done.rows = stats.rows;
  });
  return done;
}

}  // namespace kappa::bench
