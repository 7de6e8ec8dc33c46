// The claim, as a property: a view's contents, and its fingerprint at every recorded commit, are those of a replay from
// offset zero, whatever happened to the run. Each case prints its seed; KAPPA_SEED replays one, KAPPA_CASES sets how
// many.
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <map>

#include "changelog_fixture.hpp"
#include "kappa/processor/row_codec.hpp"
#include "kappa/replay/compaction.hpp"
#include "random_events.hpp"
#include "random_sql.hpp"

namespace kappa::test {
namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// Rows as JSON text, with their weights.
using WeighedRows = std::map<std::string, std::int64_t>;

class LiveEqualsReplay : public ChangelogFixture {
 protected:
  // Topics of 1 to 3 partitions, and frames to any of them: the events of a key, too, may lie in several.
  void create_random_topics(const std::vector<std::string>& names, Dice& dice) {
    for (const std::string& name : names) {
      const auto partitions = static_cast<std::uint32_t>(dice.chance(50) ? 1 : 2 + dice.below(2));
      several_partitions_ += partitions > 1 ? 1 : 0;
      create_topic(name, partitions_[name] = partitions);
    }
  }

  void append_somewhere(Dice& dice, const RandomTable& table, const std::vector<TextEvent>& events) {
    append(table.name, events, static_cast<std::uint32_t>(dice.below(partitions_.at(table.name))));
  }

  // Appends `frames` random frames from a process of its own.
  Child appender(const std::vector<RandomTable>& tables, std::uint64_t seed, std::uint64_t frames) {
    return Child([this, tables, seed, frames] {
      Dice dice(seed);
      for (std::uint64_t i = 0; i < frames; ++i) {
        const RandomTable& table = dice.pick(tables);
        std::vector<TextEvent> events;
        for (std::uint64_t n = dice.chance(50) ? 1 : 1 + dice.below(40); n > 0; --n)
          events.push_back(random_event(dice, table));
        append_somewhere(dice, table, events);
      }
      return HasFailure() ? 1 : 0;
    });
  }

  void append_from_processes(const std::vector<RandomTable>& tables, Dice& dice) {
    std::vector<Child> children;
    for (std::uint64_t i = 1 + dice.below(3); i > 0; --i)
      children.push_back(appender(tables, dice.below(1U << 30U), 1 + dice.below(12)));
    for (Child& child : children) EXPECT_EQ(child.wait(), 0);
  }

  // Runs the view while others append, killing it at random moments; counts the kills that met it alive.
  int run_with_kills(const std::string& sql, const std::vector<RandomTable>& tables, Dice& dice) {
    int kills = 0;
    for (int round = 0; round < 4; ++round) {
      Child writer = appender(tables, dice.below(1U << 30U), 1 + dice.below(6));
      Child live = run_in_child(sql, replay::RunUntil::stopped);
      usleep(static_cast<useconds_t>(dice.below(12'000)));  // A random moment, not a wait for anything.
      kills += live.kill() ? 1 : 0;
      EXPECT_EQ(writer.wait(), 0);
    }
    return kills;
  }

  // Another run takes over from one that has stopped itself with input yet to consume; woken, it must not write.
  void take_over_from_a_stopped_run(const std::string& sql, const std::vector<RandomTable>& tables, Dice& dice) {
    for (const RandomTable& table : tables) append_somewhere(dice, table, {random_event(dice, table)});
    Child sleeper = run_in_child(sql, replay::RunUntil::end, [](const replay::RunNotice& notice) {
      if (notice.kind == replay::RunNotice::Kind::recovered) raise(SIGSTOP);
    });
    ASSERT_TRUE(sleeper.wait_stopped());
    const auto newer = run_to_end(sql);
    ASSERT_TRUE(newer) << newer.error().message;
    sleeper.signal(SIGCONT);
    EXPECT_EQ(sleeper.wait(), static_cast<int>(Errc::conflict)) << sql;
    ++takeovers_;
  }

  /// Every topic of which the tables allow it, each partition as often as given. Says how many events went.
  std::uint64_t compact(const std::vector<std::string>& topics, int times) {
    std::uint64_t removed = 0;
    const auto directory = open();
    for (const std::string& topic : topics) {
      const auto set = replay::set_compaction(*directory, topic, 0, test::compile);
      if (!set) {
        EXPECT_EQ(set.error().code, Errc::conflict) << set.error().message;
      }
      for (int time = 0; set && time < times; ++time) {
        const auto count = [&](std::uint32_t, const replay::CompactReport& report) -> Result<void> {
          removed += report.repacked.removed;
          return {};
        };
        const auto done = replay::compact(*directory, topic, test::compile, {.show = false, .roll = true}, count);
        EXPECT_TRUE(done) << (done ? "" : done.error().message);
      }
    }
    return removed;
  }

  std::string contents_of(const std::string& sql) {
    std::string all;
    for (const auto& view : compiled(sql).views)
      for (const std::string& output : {view.name, replay::errors_topic(view.name)})
        all += to_text(replay_of(sql, output).fingerprint) + " ";
    return all;
  }

  // Compaction, in one go or killed at a random moment beside a run that starts again, changes no contents. Twice takes
  // deletions, too.
  void compact_somehow(const RandomView& view, const std::string& sql, Dice& dice) {
    ASSERT_TRUE(run_to_end(sql));
    const std::string before = contents_of(sql);
    for (int round = 0; round < 2; ++round) {
      Child compactor([&] { return compact(view.topics, 2) == 0 || !HasFailure() ? 0 : 1; });
      Child live = run_in_child(sql, replay::RunUntil::end);
      usleep(static_cast<useconds_t>(dice.below(20'000)));  // A random moment, not a wait for anything.
      compactor.kill();
      const int ended = live.wait();
      EXPECT_TRUE(ended == 0 || ended == static_cast<int>(Errc::conflict)) << ended << "\n" << sql;
    }
    EXPECT_EQ(contents_of(sql), before) << sql;
    compacted_ += compact(view.topics, 2) > 0 ? 1 : 0;
    EXPECT_EQ(contents_of(sql), before) << sql;
    for (int i = 0; i < 3; ++i) {
      const RandomTable& table = dice.pick(view.sources);
      append_somewhere(dice, table, {random_event(dice, table), random_event(dice, table)});
    }
  }

  // The events of a changelog, added up without the engine or a fingerprint.
  WeighedRows sum_of_changelog(const std::string& output) {
    WeighedRows rows;
    for (const ChangelogEvent& event : events_of(output)) {
      EXPECT_TRUE(event.op == "insert" || event.op == "retract") << event.op;
      const std::int64_t weight = rows[event.value] += event.op == "insert" ? 1 : -1;
      EXPECT_GE(weight, 0) << output << ": " << event.value;
      if (weight == 0) rows.erase(event.value);
    }
    return rows;
  }

  WeighedRows rows_of_replay(const replay::Definition& definition, const replay::ViewSpec& output) {
    WeighedRows rows;
    const auto directory = open();
    const auto replayed =
        replay::replay(*directory, definition, {.output = output.name, .as_of = {}}, [&](const auto& batch) {
          for (std::size_t row = 0; row < batch.rows; ++row) {
            std::string text;
            processor::row_to_json(output.schema, batch, row, text);
            rows[text] += batch.weight(row);
          }
          return Result<void>{};
        });
    EXPECT_TRUE(replayed) << replayed.error().message;
    return rows;
  }

  // Up to every commit the changelog's sum has the fingerprint that the commit recorded.
  void expect_sums_at_commits(const replay::ViewSpec& output) {
    const std::vector<replay::RecordedCommit> recorded = commits(output.name);
    const auto directory = open();
    for (const auto& commit : recorded) {
      const auto ignore = [](const auto&) -> Result<void> { return {}; };
      const auto summed = replay::read_contents(*directory, output, commit.through, ignore);
      ASSERT_TRUE(summed) << summed.error().message;
      ASSERT_TRUE(*summed) << "no contents through " << commit.through.value;
      EXPECT_EQ(to_text((*summed)->fingerprint), to_text(commit.fingerprint)) << output.name;
    }
  }

  void expect_all_equal(const std::string& sql) {
    const replay::Definition definition = compiled(sql);
    for (const auto& view : definition.views) {
      for (const replay::ViewSpec& output : {view, replay::errors_spec(view.name)}) {
        expect_live_equals_replay(sql, output.name);
        EXPECT_EQ(sum_of_changelog(output.name), rows_of_replay(definition, output)) << output.name << "\n" << sql;
        expect_sums_at_commits(output);
      }
    }
  }

  void one_case(std::uint64_t seed) {
    SCOPED_TRACE("KAPPA_SEED=" + std::to_string(seed));
    Dice dice(seed);
    RandomSql random(dice);
    const RandomView view = random.view();
    start_over();
    create_random_topics(view.topics, dice);
    for (const RandomTable& table : view.sources) keyed_tables_ += table.primary_key.empty() ? 0 : 1;
    const std::string& sql = dice.chance(50) ? view.chain : view.one_pass;
    switch (dice.below(3)) {
      case 0:  // All at once.
        append_from_processes(view.sources, dice);
        break;
      case 1:  // An event at a time, caught up after each.
        for (int i = 0; i < 6; ++i) {
          const RandomTable& table = dice.pick(view.sources);
          append_somewhere(dice, table, {random_event(dice, table)});
          ASSERT_TRUE(run_to_end(sql)) << sql;
        }
        break;
      default:
        kills_ += run_with_kills(sql, view.sources, dice);
        break;
    }
    if (dice.chance(30)) take_over_from_a_stopped_run(sql, view.sources, dice);
    if (dice.chance(50)) compact_somehow(view, sql, dice);
    const auto ran = run_to_end(sql);
    ASSERT_TRUE(ran) << ran.error().message << "\n" << sql;
    expect_all_equal(sql);
    expect_forms_agree(view);
    // A run that stops below a horizon has contents there that no replay tells.
    if (horizon_of(*open(), compiled(sql)) == kNoSequence && dice.chance(60)) expect_stops_agree(view);
  }

  // A first run whose errors stop it ends as a replay does: with the same contents or the same error. What an event
  // has stopped has committed everything before the event's frame, and that frame is where a replay stops.
  void expect_stops_agree(const RandomView& view) {
    SCOPED_TRACE(view.stopping);
    drop_views();
    const replay::Definition definition = compiled(view.stopping);
    const auto still = [] { return std::chrono::nanoseconds(0); };  // So that changes are asked for at the end only.
    const auto live = replay::run(*open(), definition,
                                  {.until = replay::RunUntil::end, .stop = {}, .compile = compile, .clock = still});
    EXPECT_EQ(outcome_of(live), outcome_of_replay(definition, {}));
    const std::vector<replay::RecordedCommit> recorded = commits("top");
    ASSERT_LE(recorded.size(), 1U);
    if (recorded.empty()) return;
    const Sequence through = recorded.front().through;
    EXPECT_EQ(to_text(recorded.front().fingerprint), to_text(replay_of(definition, "top", through).fingerprint));
    if (live) return;
    ++stops_;
    Sequence next = kNoSequence;
    for (const std::string& topic : view.topics)
      for (const log::FrameInfo& frame : frames_of(topic))
        if (frame.sequence > through && (next == kNoSequence || frame.sequence < next)) next = frame.sequence;
    EXPECT_EQ(outcome_of(live), outcome_of_replay(definition, next));
  }

  template <typename T>
  static std::string outcome_of(const Result<T>& ended) {
    return ended ? "no error" : ended.error().message;
  }
  std::string outcome_of_replay(const replay::Definition& definition, std::optional<Sequence> as_of) {
    const auto ignore = [](const auto&) -> Result<void> { return {}; };
    return outcome_of(replay::replay(*open(), definition, {.output = "top", .as_of = as_of}, ignore));
  }

  // The order of conjuncts and columns that nothing uses change neither contents nor errors; and a chain of views has
  // the contents of one pass where no row of the base is an error (a materialized base prints all its columns).
  void expect_forms_agree(const RandomView& view) {
    const auto once = replay_of(view.one_pass, "top");
    EXPECT_EQ(to_text(once.fingerprint), to_text(replay_of(view.permuted, "top").fingerprint)) << view.permuted;
    EXPECT_EQ(to_text(replay_of(view.one_pass, "top.errors").fingerprint),
              to_text(replay_of(view.permuted, "top.errors").fingerprint))
        << view.permuted;
    if (!view.base_has_no_errors) return;
    ++chains_;
    EXPECT_EQ(to_text(once.fingerprint), to_text(replay_of(view.chain, "top").fingerprint)) << view.chain;
  }

  int kills_ = 0;
  int takeovers_ = 0;
  int chains_ = 0;
  int stops_ = 0;
  int keyed_tables_ = 0;
  int several_partitions_ = 0;
  int compacted_ = 0;
  std::map<std::string, std::uint32_t> partitions_;  // By topic.
};

// Four parts, so that they may run side by side: 300 cases and 200 kills in all.
constexpr std::uint64_t kParts = 4;
class LiveEqualsReplayPart : public LiveEqualsReplay, public ::testing::WithParamInterface<std::uint64_t> {};

TEST_P(LiveEqualsReplayPart, ForRandomViewsAndRandomLives) {
  const bool one = std::getenv("KAPPA_SEED") != nullptr;
  const std::uint64_t cases = one ? 1 : number_from("KAPPA_CASES", 300) / kParts;
  const std::uint64_t first = one ? number_from("KAPPA_SEED", 1) : 1 + GetParam() * cases;
  for (std::uint64_t seed = first; seed < first + cases && !HasFailure(); ++seed) one_case(seed);
  if (cases >= 300 / kParts) {
    EXPECT_GE(kills_, 200 / kParts);
    EXPECT_GE(takeovers_, 40 / kParts);
    EXPECT_GE(stops_, 20 / kParts);
    EXPECT_GE(keyed_tables_, 150 / kParts);
    EXPECT_GE(several_partitions_, 150 / kParts);
    EXPECT_GE(compacted_, 12 / kParts);
  }
  std::printf(
      "cases %lu from seed %lu, kills that met a live run %d, stopped runs taken over from %d, runs stopped by an "
      "event %d, chains compared with one pass %d, keyed tables %d, topics of several partitions %d, compacted %d\n",
      cases, first, kills_, takeovers_, stops_, chains_, keyed_tables_, several_partitions_, compacted_);
}
INSTANTIATE_TEST_SUITE_P(All, LiveEqualsReplayPart, ::testing::Range<std::uint64_t>(0, kParts));

TEST_F(LiveEqualsReplay, AStoppedRunThatWakesCannotWrite) {
  const std::string sql =
      create_table("t0") + "CREATE MATERIALIZED VIEW v AS SELECT k, count(*) AS c FROM t0 GROUP BY k;";
  create_topics({"t0"});
  append("t0", {R"({"id":1,"k":1})"});
  // Stops itself after its first commit, where it holds no lock.
  Child sleeper = run_in_child(sql, replay::RunUntil::stopped, [](const replay::RunNotice& notice) {
    if (notice.kind == replay::RunNotice::Kind::caught_up) raise(SIGSTOP);
  });
  ASSERT_TRUE(sleeper.wait_stopped());
  append("t0", {R"({"id":2,"k":1})"});
  ASSERT_TRUE(run_to_end(sql));
  sleeper.signal(SIGCONT);
  append("t0", {R"({"id":3,"k":2})"});
  EXPECT_EQ(sleeper.wait(), static_cast<int>(Errc::conflict));
  ASSERT_TRUE(run_to_end(sql));
  expect_all_equal(sql);
}

}  // namespace
}  // namespace kappa::test
