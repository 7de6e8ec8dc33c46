// Tables with a primary key: what replaces, deletes and is refused, and that everything downstream follows. The model
// of a keyed table is a table without a key that has only the rows that are present.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "plans.hpp"
#include "running_views.hpp"
#include "split_check.hpp"

namespace kappa::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// A program of one view over table t with the primary key k, or other columns.
Program keyed(PlanPointer tree, const std::vector<std::uint32_t>& primary_key = {0}) {
  Program made = program(std::move(tree));
  made.tables[0].primary_key = primary_key;
  for (const std::uint32_t column : primary_key) made.tables[0].columns[column].not_null = true;
  return made;
}
PlanPointer names_and_numbers() {
  return project(scan(), {k(), n()});
}

/// An event of table t whose key is its k.
TextEvent row(const std::string& key, const std::string& number) {
  return {key, R"({"k":")" + key + R"(","n":)" + number + "}"};
}
std::string shown(const std::string& key, const std::string& number) {
  return R"({"c0":")" + key + R"(","c1":)" + number + "}";
}
auto refusal(const std::string& reason) {
  return ElementsAre(AllOf(HasSubstr("+ {\"sqlstate\":\"23000\""), HasSubstr(reason)));
}

TEST(KeyedTable, HasTheNewestRowOfAKey) {
  RunningViews views(keyed(names_and_numbers()));
  EXPECT_THAT(views.changes_of({row("b", "1"), row("a", "2")}),
              ElementsAre("+ " + shown("a", "2"), "+ " + shown("b", "1")));
  EXPECT_THAT(views.changes_of({row("b", "3"), row("b", "4")}),
              ElementsAre("- " + shown("b", "1"), "+ " + shown("b", "4")));
  EXPECT_THAT(views.changes_of({row("b", "5"), row("b", "4")}), IsEmpty());
}

TEST(KeyedTable, ErrorsOfHugeEventsFitIntoAnEvent) {
  constexpr std::size_t kHuge = 3'500'000;
  constexpr std::size_t kEventBytesMax = std::size_t{8} << 20;
  RunningViews views(keyed(names_and_numbers()));
  const std::string key = std::string(kHuge, '\x01') + "ä";
  const auto errors = views.changes_of({{"another" + key, R"({"k":"x","n":1})"}, {"k", std::string(2 * kHuge, '"')}});
  ASSERT_THAT(errors, SizeIs(2));
  for (const std::string& error : errors) EXPECT_LT(error.size(), kEventBytesMax);
  EXPECT_THAT(errors, Contains(HasSubstr("… (7000000 bytes)")));
}

TEST(KeyedTable, EventWithoutAValueDeletesARow) {
  RunningViews views(keyed(names_and_numbers()));
  EXPECT_THAT(views.changes_of({row("a", "1"), deletion("a"), row("b", "1")}), ElementsAre("+ " + shown("b", "1")));
  EXPECT_THAT(views.changes_of({deletion("b")}), ElementsAre("- " + shown("b", "1")));
  EXPECT_THAT(views.changes_of({deletion("b"), deletion("never there")}), IsEmpty());
  EXPECT_THAT(views.changes_of({deletion("b"), row("b", "2")}), ElementsAre("+ " + shown("b", "2")));
}

TEST(KeyedTable, BadRowChangesNothing) {
  RunningViews views(keyed(names_and_numbers()));
  EXPECT_THAT(views.changes_of({row("a", "1")}), SizeIs(1));
  EXPECT_THAT(views.changes_of({row("a", "\"x\"")}), ElementsAre(HasSubstr("invalid input syntax for type bigint")));
  EXPECT_THAT(views.changes_of({TextEvent("a", R"({"n":2})")}), ElementsAre(HasSubstr("violates not-null constraint")));
  EXPECT_THAT(views.changes_of({TextEvent("b", row("a", "2").value)}), SizeIs(1));
  EXPECT_THAT(views.changes_of({row("a", "2")}), ElementsAre("- " + shown("a", "1"), "+ " + shown("a", "2")));
}

TEST(KeyedTable, KeyOfAnEventIsThatOfItsRow) {
  RunningViews views(keyed(names_and_numbers()));
  EXPECT_THAT(views.changes_of({TextEvent({}, row("a", "1").value)}),
              refusal("the event has no key, but its row has the PRIMARY KEY (k)=(a)"));
  EXPECT_THAT(views.changes_of({TextEvent("A", row("a", "1").value)}),
              refusal("event key (A) is not the PRIMARY KEY of its row, (k)=(a)"));
  EXPECT_THAT(views.changes_of({TextEvent("\xff", row("a", "1").value)}), refusal(R"(event key (\\xff) is not)"));
}

TEST(KeyedTable, KeyOfADeletionIsThatOfSomeRow) {
  RunningViews views(keyed(names_and_numbers(), {1}));
  EXPECT_THAT(views.changes_of({TextEvent("5", row("a", "5").value)}), SizeIs(1));
  EXPECT_THAT(views.changes_of({TextEvent()}), refusal(R"(neither value nor key: which row of \"t\" it deletes)"));
  EXPECT_THAT(views.changes_of({deletion("05")}),
              refusal(R"(its key (05) is no PRIMARY KEY (n) of \"t\": it must be written (5))"));
  EXPECT_THAT(views.changes_of({deletion("x")}), refusal(R"(invalid input syntax for type bigint: \"x\")"));
  EXPECT_THAT(views.changes_of({deletion(""), deletion("\xff")}), SizeIs(2));
  EXPECT_THAT(views.changes_of({deletion("5")}), ElementsAre("- " + shown("a", "5")));
}

TEST(KeyedTable, KeyOfSeveralColumnsIsTheirArray) {
  RunningViews views(keyed(names_and_numbers(), {1, 0}));
  const std::string value = R"({"k":"x,\"y\\","n":7})";
  const std::string key = R"([7,"x,\"y\\"])";
  EXPECT_THAT(views.changes_of({TextEvent(key, value)}), SizeIs(1));
  EXPECT_THAT(views.changes_of({TextEvent("7", value)}), refusal(R"((n, k)=([7,\"x,\\\"y\\\\\"]))"));
  EXPECT_THAT(views.changes_of({deletion("7")}), refusal("a JSON array of 2 values is expected"));
  EXPECT_THAT(views.changes_of({deletion("[7]")}), refusal("a JSON array of 2 values is expected"));
  EXPECT_THAT(views.changes_of({deletion(R"([7,"x",1])")}), refusal("a JSON array of 2 values is expected"));
  EXPECT_THAT(views.changes_of({deletion(R"([7, "x"])")}), refusal(R"(it must be written ([7,\"x\"]))"));
  EXPECT_THAT(views.changes_of({deletion(R"(["x",7])")}), refusal("invalid input syntax for type bigint"));
  EXPECT_THAT(views.changes_of({deletion(R"([7,null])")}), refusal("violates not-null constraint"));
  EXPECT_THAT(views.changes_of({deletion(R"([7,"x)")}), refusal(""));
  EXPECT_THAT(views.changes_of({deletion(R"([7,"other"])"), deletion(key)}), ElementsAre(HasSubstr("- ")));
}

TEST(KeyedTable, KeyOfEachTypeIsItsText) {
  struct Case {
    Type type;
    std::string json;
    std::string key;
  };
  for (const Case& each : std::vector<Case>{{kBoolean, "true", "true"},
                                            {{TypeKind::integer}, "\" -7 \"", "-7"},
                                            {{TypeKind::numeric, 10, 2}, "1.5", "1.50"},
                                            {kText, R"("\u00e9 \"\n")", "é \"\n"},
                                            {{TypeKind::text, -1, -1, 3}, R"("abc  ")", "abc"},
                                            {kTimestamp, "1500", "1970-01-01 00:00:01.5"},
                                            {{TypeKind::date}, R"("2024-3-1")", "2024-03-01"}}) {
    SCOPED_TRACE(each.key);
    Program made = keyed(project(scan(), {column(0, each.type)}));
    made.tables[0].columns[0].type = each.type;
    RunningViews views(made);
    const std::string value = R"({"k":)" + each.json + "}";
    EXPECT_THAT(views.changes_of({TextEvent(each.key, value)}), ElementsAre(HasSubstr("+ {\"c0\":")));
    EXPECT_THAT(views.changes_of({TextEvent(each.key + " ", value), deletion(each.key + " ")}),
                each.type.kind == TypeKind::text && each.type.max_length < 0 ? SizeIs(1) : SizeIs(2));
    EXPECT_THAT(views.changes_of({deletion(each.key)}), ElementsAre(HasSubstr("- {\"c0\":")));
  }
}

TEST(KeyedTable, ErrorOfARowGoesWithTheRow) {
  RunningViews views(keyed(project(scan(), {k(), inverse(n())})));
  const std::string error =
      R"({"sqlstate":"22012","reason":"division by zero","topic":"t","partition":0,"offset":0,"value":"{\"k\":\"a\",\"n\":0}"})";
  EXPECT_THAT(views.changes_of({row("a", "0")}), ElementsAre("+ " + error));
  EXPECT_THAT(views.changes_of({row("b", "0"), deletion("b")}), IsEmpty());
  EXPECT_THAT(views.changes_of({row("a", "50")}), ElementsAre("+ " + shown("a", "2"), "- " + error));
  EXPECT_THAT(views.changes_of({row("a", "0")}), ElementsAre("- " + shown("a", "2"), HasSubstr("\"offset\":4")));
  EXPECT_THAT(views.changes_of({deletion("a")}), ElementsAre(AllOf(HasSubstr("- "), HasSubstr("\"offset\":4"))));
}

TEST(KeyedTable, ErrorsOfARowReadTwiceAreTakenBackTwice) {
  const PlanPointer once = project(scan(), {inverse(n())});
  RunningViews views(keyed(union_all({once, once})));
  EXPECT_THAT(views.changes_of({row("a", "0")}), ElementsAre(HasSubstr("+ ")));
  EXPECT_THAT(views.changes_of({row("a", "0")}), ElementsAre(HasSubstr("- "), HasSubstr("+ ")));
  EXPECT_THAT(views.changes_of({deletion("a")}), ElementsAre(HasSubstr("- ")));
}

TEST(KeyedTable, StopsAtARowWithAnErrorThoughALaterOneReplacesIt) {
  Program stopping = keyed(project(scan(), {k(), inverse(n())}));
  stopping.views[0].on_error = OnError::stop;
  RunningViews views(stopping);
  const Result<void> refused = views.append({row("a", "0"), row("a", "1")});
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("topic t, partition 0, offset 0: division by zero"));
}

TEST(KeyedTable, RefusedBatchLeavesNoTrace) {
  Program stopping = keyed(project(scan(), {k(), inverse(n())}));
  stopping.views[0].on_error = OnError::stop;
  RunningViews views(stopping);
  EXPECT_THAT(views.changes_of({row("a", "50"), row("b", "50")}), SizeIs(2));
  const auto refuse = [&](const std::string& fresh) {
    EXPECT_FALSE(views.append({row("a", "25"), deletion("b"), row(fresh, "10"), row("d", "0")}).has_value());
    return views.processor().state_bytes();
  };
  const std::size_t bytes = refuse("c");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(refuse("c" + std::to_string(i)), bytes);
  EXPECT_THAT(views.changes_of({deletion("a"), deletion("b"), deletion("c")}),
              ElementsAre("- " + shown("a", "2"), "- " + shown("b", "2")));
}

TEST(KeyedTable, HiddenColumnsAreThoseOfTheRowThatIsPresent) {
  RunningViews views(keyed(project(scan(), {column(5, kBigint), column(6, kBigint), column(10, kText)})));
  EXPECT_THAT(views.changes_of({row("a", "1")}), ElementsAre(R"(+ {"c0":0,"c1":1,"c2":"a"})"));
  EXPECT_THAT(
      views.changes_of({row("b", "1"), row("a", "1")}),
      ElementsAre(R"(- {"c0":0,"c1":1,"c2":"a"})", R"(+ {"c0":1,"c1":2,"c2":"b"})", R"(+ {"c0":2,"c1":2,"c2":"a"})"));
}

TEST(KeyedTable, CountsItsBytes) {
  RunningViews views(keyed(project(scan(), {k()})));
  const auto append_rows = [&](const std::string& last) {
    std::vector<TextEvent> events;
    for (int i = 0; i < 1000; ++i) events.push_back(row(std::string(100, 'x') + std::to_string(i) + last, "1"));
    EXPECT_TRUE(views.append(events).has_value());
    return views.processor().state_bytes();
  };
  const std::size_t some = append_rows("a");
  EXPECT_GT(some, 200'000U);  // The key and the column k.
  EXPECT_EQ(append_rows("a"), some);
  const std::size_t more = append_rows("b");
  EXPECT_GT(more, some + 200'000);
  std::vector<TextEvent> deletions;
  for (int i = 0; i < 1000; ++i) deletions.push_back(deletion(std::string(100, 'x') + std::to_string(i) + "b"));
  EXPECT_TRUE(views.append(deletions).has_value());
  EXPECT_LT(views.processor().state_bytes(), more - 200'000);
}

AggregateCall of(AggregateFunction function, const ExpressionPointer& argument, Type type, bool distinct = false) {
  AggregateCall made = aggregate_call(function, argument, type);
  made.distinct = distinct;
  return made;
}

/// Each operator that could take a table for one that only grows.
std::vector<PlanPointer> every_operator() {
  using F = AggregateFunction;
  const std::vector<AggregateCall> calls = {count_rows(),
                                            of(F::count, d(), kBigint, true),
                                            of(F::sum, d(), kNumeric),
                                            of(F::sum, d(), kNumeric, true),
                                            of(F::avg, f(), kDouble),
                                            of(F::sum, f(), kDouble),
                                            of(F::sum, n(), kNumeric),
                                            of(F::min, n(), kBigint),
                                            of(F::max, n(), kBigint),
                                            of(F::min, d(), kNumeric),
                                            of(F::max, f(), kDouble),
                                            of(F::max, k(), kText)};
  const ExpressionPointer positive = call(Op::greater, kBoolean, {n(), number(0)});
  const PlanPointer windows = tumble(scan(), at(), 10'000'000);
  return {names_and_numbers(),
          project(filter(scan(), positive), {k(), inverse(n()), d(), f()}),
          project(scan(), {inverse(n())}),
          aggregate(scan(), {}, calls),
          aggregate(scan(), {d()}, calls),
          aggregate(filter(scan(), positive), {n(), f()}, calls),
          aggregate(scan(), {inverse(n())}, calls),
          aggregate(windows, {column(11, kTimestamp)}, calls),
          distinct(project(scan(), {d()})),
          distinct(project(windows, {column(12, kTimestamp), d()})),
          union_all({project(scan(), {d()}), project(filter(scan(), positive), {d()})}),
          aggregate(aggregate(scan(), {n()}, {of(F::max, d(), kNumeric)}), {},
                    {of(F::min, column(1, kNumeric), kNumeric), count_rows()})};
}

/// Random events of table t under few keys, and the rows that they leave present.
class RandomTable {
 public:
  explicit RandomTable(unsigned seed) : random_(seed) {}

  TextEvent event() {
    const std::string key = pick({"a", "b", "c", "d", "a key that is longer"});
    if (random_() % 5 == 0) return present_.erase(key), deletion(key);
    if (random_() % 9 == 0) return pick_bad(key);
    const std::string value = R"({"k":")" + key + R"(","n":)" + pick({"0", "1", "50", "null"}) + R"(,"d":)" +
                              pick({"1.0", "1.00", "-3.5", "null"}) + R"(,"f":)" +
                              pick({"1e300", "-1e300", "0.1", "-0.0", "0"}) + R"(,"at":)" +
                              pick({"0", "9999", "10000", "null"}) + "}";
    present_[key] = value;
    return {key, value};
  }
  [[nodiscard]] std::vector<TextEvent> present() const {
    std::vector<TextEvent> events;
    for (const auto& [key, value] : present_) events.emplace_back(value);
    return events;
  }
  std::size_t below(std::size_t bound) { return random_() % bound; }

 private:
  std::string pick(const std::vector<std::string>& of) { return of[random_() % of.size()]; }
  TextEvent pick_bad(const std::string& key) {
    const std::string other = R"({"k":"another","n":1})";
    return std::vector<TextEvent>{{key, other}, {{}, other}, {key, "no json"}, {key, R"({"n":1})"}, {}}[below(5)];
  }

  std::mt19937 random_;
  std::map<std::string, std::string> present_;
};

/// Rows, and what is an error of an operator: bad events stand in the errors for ever, and offsets differ.
std::vector<CollectedChanges::Contents> comparable(const CollectedChanges& collected) {
  std::vector<CollectedChanges::Contents> outputs(2);
  outputs[0] = collected.contents(0);
  for (const auto& [json, weight] : collected.contents(1)) {
    const std::string value = json.substr(json.find("\"value\":"));
    if (json.find("\"22012\"") != std::string::npos) outputs[1][value] += weight;
  }
  return outputs;
}

TEST(KeyedTable, EqualsATableOfItsPresentRowsUnderEveryOperator) {
  const unsigned seed = std::random_device{}();
  for (const PlanPointer& tree : every_operator()) {
    RandomTable table(seed);
    const auto running = std::move(*make_processor(keyed(tree)));
    CollectedChanges collected(*running);
    std::uint64_t events = 0;
    for (std::uint64_t step = 1; step <= 40; ++step) {
      std::vector<TextEvent> batch;
      for (std::size_t i = table.below(8); i-- > 0;) batch.push_back(table.event());
      ASSERT_TRUE(running->process(make_batch(0, Sequence{step}, Offset{events}, batch)).has_value());
      events += batch.size();
      ASSERT_TRUE(running->advance(Sequence{step}, collected).has_value());
      const auto model = std::move(*make_processor(program(tree)));
      CollectedChanges expected(*model);
      ASSERT_TRUE(model->process(make_batch(0, Sequence{1}, Offset{0}, table.present())).has_value());
      ASSERT_TRUE(model->advance(Sequence{1}, expected).has_value());
      ASSERT_EQ(comparable(collected), comparable(expected)) << "seed " << seed << ", step " << step;
    }
  }
}

TEST(KeyedTable, DoesNotDependOnSplitsOrAdvances) {
  const unsigned seed = std::random_device{}();
  for (const PlanPointer& tree : every_operator()) {
    RandomTable table(seed);
    EventHistory history;
    for (int append = 0; append < 12; ++append) {
      std::vector<TextEvent> events;
      for (std::size_t i = table.below(8); i-- > 0;) events.push_back(table.event());
      history.append(0, std::move(events));
    }
    Program chain = keyed(tree);
    chain.views.push_back(view("w", aggregate(plan(ScanView{0}, tree->schema), {}, {count_rows()})));
    expect_split_independence([&] { return std::move(*make_processor(chain)); }, history, seed);
  }
}

}  // namespace
}  // namespace kappa::test
