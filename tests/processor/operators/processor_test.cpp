// Views over hand-built plans: what each operator gives, also when rows are taken back, and where errors go.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plans.hpp"
#include "running_views.hpp"
#include "split_check.hpp"
#include "word_count_processor.hpp"

namespace kappa::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string row(const std::string& k, int n) {
  return R"({"k":")" + k + R"(","n":)" + std::to_string(n) + "}";
}
std::string decimal(const std::string& d) {
  return R"({"k":"a","d":)" + d + "}";
}

ExpressionPointer more_than(ExpressionPointer value, std::int64_t least) {
  return call(Op::greater, kBoolean, {std::move(value), number(least)});
}
AggregateCall sum_of(ExpressionPointer argument) {
  return aggregate_call(AggregateFunction::sum, std::move(argument), kNumeric);
}

/// Groups of t by k with their count, and then one row for each count: rows of the first are taken back.
PlanPointer groups_by_count(AggregateCall call_over_counts) {
  const PlanPointer inner = aggregate(scan(), {k()}, {count_rows(), sum_of(d())});
  return aggregate(inner, {column(1, kBigint)}, {std::move(call_over_counts)});
}

TEST(Processor, StatelessViewEmitsInOrderOfArrival) {
  RunningViews views(program(project(filter(scan(), more_than(n(), 1)), {k(), n()})));
  EXPECT_THAT(views.changes_of({row("b", 2), row("a", 3), row("c", 1)}),
              ElementsAre(R"(+ {"c0":"b","c1":2})", R"(+ {"c0":"a","c1":3})"));
}

TEST(Processor, CountTakesBackWhatItSaid) {
  RunningViews views(program(aggregate(scan(), {k()}, {count_rows()})));
  EXPECT_THAT(views.changes_of({row("a", 1)}), ElementsAre(R"(+ {"c0":"a","c1":1})"));
  EXPECT_THAT(views.changes_of({row("a", 1)}), ElementsAre(R"(- {"c0":"a","c1":1})", R"(+ {"c0":"a","c1":2})"));
  EXPECT_THAT(views.advance(), IsEmpty());
}

TEST(Processor, AggregateWithoutKeysHasARowOverNoRows) {
  RunningViews views(program(aggregate(scan(), {}, {count_rows(), sum_of(d())})));
  EXPECT_THAT(views.advance(), ElementsAre(R"(+ {"c0":0,"c1":null})"));
  EXPECT_THAT(views.advance(), IsEmpty());
}

TEST(Processor, GroupsVanishWithTheirRows) {
  RunningViews views(program(groups_by_count(count_rows())));
  EXPECT_THAT(views.changes_of({row("a", 1), row("b", 1)}), ElementsAre(R"(+ {"c0":1,"c1":2})"));
  EXPECT_THAT(views.changes_of({row("a", 1), row("b", 1)}),
              ElementsAre(R"(- {"c0":1,"c1":2})", R"(+ {"c0":2,"c1":2})"));
}

TEST(Processor, NumericSumShowsTheScaleThatIsPresent) {
  RunningViews views(program(groups_by_count(sum_of(column(2, kNumeric)))));
  EXPECT_THAT(views.changes_of({decimal("1.000"), R"({"k":"b","d":1.0})"}), ElementsAre(R"(+ {"c0":1,"c1":2.000})"));
  EXPECT_THAT(views.changes_of({decimal("1.000")}),
              ElementsAre(R"(- {"c0":1,"c1":2.000})", R"(+ {"c0":1,"c1":1.0})", R"(+ {"c0":2,"c1":2.000})"));
}

TEST(Processor, GroupKeyShowsTheLeastPresentRepresentation) {
  RunningViews views(program(aggregate(scan(), {d()}, {count_rows()})));
  EXPECT_THAT(views.changes_of({decimal("1.00")}), ElementsAre(R"(+ {"c0":1.00,"c1":1})"));
  EXPECT_THAT(views.changes_of({decimal("1.0")}), ElementsAre(R"(- {"c0":1.00,"c1":1})", R"(+ {"c0":1.0,"c1":2})"));
}

TEST(Processor, DistinctIsEmittedOnce) {
  RunningViews views(program(distinct(project(scan(), {k()}))));
  EXPECT_THAT(views.changes_of({row("a", 1), row("a", 2)}), ElementsAre(R"(+ {"c0":"a"})"));
  EXPECT_THAT(views.changes_of({row("a", 3)}), IsEmpty());
}

TEST(Processor, MinimumComesBackWhenTheLesserLeaves) {
  RunningViews views(program(aggregate(aggregate(scan(), {k()}, {count_rows()}), {},
                                       {aggregate_call(AggregateFunction::min, column(1, kBigint), kBigint)})));
  EXPECT_THAT(views.changes_of({row("a", 1), row("b", 1), row("b", 1)}), ElementsAre(R"(+ {"c0":1})"));
  EXPECT_THAT(views.changes_of({row("a", 1)}), ElementsAre(R"(- {"c0":1})", R"(+ {"c0":2})"));
}

TEST(Processor, TumbleAlignsToTheEpochAlsoBeforeIt) {
  const PlanPointer windows = tumble(scan(), at(), 10'000'000);
  RunningViews views(program(project(windows, {column(11, kTimestamp), column(12, kTimestamp)})));
  EXPECT_THAT(views.changes_of({R"({"at":"1969-12-31 23:59:55"})", R"({"at":null})"}),
              ElementsAre(R"(+ {"c0":"1969-12-31T23:59:50","c1":"1970-01-01T00:00:00"})"));
}

TEST(Processor, FilterOfAnAggregateGuardsItsArgument) {
  AggregateCall guarded = sum_of(inverse(n()));
  guarded.filter = call(Op::not_equal, kBoolean, {n(), number(0)});
  RunningViews views(program(aggregate(scan(), {}, {guarded})));
  EXPECT_THAT(views.changes_of({row("a", 0), row("a", 50)}), ElementsAre(R"(+ {"c0":2})"));
}

TEST(Processor, DistinctArgumentCountsEqualValuesOnce) {
  AggregateCall counted = aggregate_call(AggregateFunction::count, d(), kBigint);
  counted.distinct = true;
  RunningViews views(program(aggregate(scan(), {}, {counted})));
  EXPECT_THAT(views.changes_of({decimal("1.0"), decimal("1.00"), decimal("2")}), ElementsAre(R"(+ {"c0":2})"));
}

TEST(Processor, RejectedEventStandsInTheErrors) {
  RunningViews views(program(project(scan(), {k()})));
  const std::vector<std::string> changes = views.changes_of({row("a", 1), "no json", std::string("\xff\x00", 2)});
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_THAT(changes, testing::Contains(HasSubstr(R"("topic":"t","partition":0,"offset":1,"value":"no json"})")));
  EXPECT_THAT(changes, testing::Contains(HasSubstr(R"("offset":2,"value":"\\xff00"})")));
}

TEST(Processor, RowWithErrorsLeavesOnceWithTheLeast) {
  RunningViews views(program(project(scan(), {inverse(n()), inverse(n()), k()})));
  EXPECT_THAT(views.changes_of({row("a", 0), row("b", 100)}),
              ElementsAre(R"(+ {"c0":1,"c1":1,"c2":"b"})",
                          testing::AllOf(HasSubstr(R"("sqlstate":"22012","reason":"division by zero")"),
                                         HasSubstr(R"("offset":0,"value":"{\"k\":\"a\",\"n\":0}")"))));
}

TEST(Processor, ColumnsThatNobodyUsesHaveNoErrors) {
  RunningViews views(program(project(project(scan(), {k(), inverse(n())}), {column(0, kText)})));
  EXPECT_THAT(views.changes_of({row("a", 0)}), ElementsAre(R"(+ {"c0":"a"})"));
}

TEST(Processor, ErrorOverAGroupBlamesNoEventAndIsTakenBack) {
  const PlanPointer counts = aggregate(scan(), {k()}, {count_rows()});
  const ExpressionPointer less_one = call(Op::subtract, kBigint, {column(1, kBigint), number(1)});
  RunningViews views(program(project(counts, {inverse(less_one)})));
  EXPECT_THAT(views.changes_of({row("a", 1)}),
              ElementsAre(HasSubstr(R"("topic":null,"partition":null,"offset":null,"value":null})")));
  EXPECT_THAT(views.changes_of({row("a", 1)}), ElementsAre(R"(+ {"c0":100})", HasSubstr("- {\"sqlstate\":\"22012\"")));
}

TEST(Processor, StopRefusesTheBatchAsIfItNeverCame) {
  Program stopping = program(aggregate(scan(), {inverse(n())}, {count_rows()}));
  stopping.views[0].on_error = OnError::stop;
  RunningViews views(std::move(stopping));
  const Result<void> refused = views.append({row("a", 50), row("b", 0)});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Errc::query);
  EXPECT_THAT(refused.error().message, HasSubstr("topic t, partition 0, offset 1: division by zero"));
  EXPECT_THAT(views.advance(), IsEmpty());
}

TEST(Processor, UnionAllIsConsolidated) {
  const PlanPointer names = project(scan(), {k()});
  RunningViews views(program(union_all({names, names})));
  EXPECT_THAT(views.changes_of({row("b", 1), row("a", 1)}), ElementsAre(R"(+ {"c0":"a"})", R"(+ {"c0":"b"})"));
}

TEST(Processor, OnlySelectedViewsAreOutputs) {
  Program two = program(aggregate(scan(), {k()}, {count_rows()}));
  two.views.push_back(view("w", aggregate(plan(ScanView{0}, two.views[0].plan->schema), {}, {count_rows()})));
  RunningViews views(two, {"w"});
  ASSERT_EQ(views.processor().outputs().size(), 2U);
  EXPECT_EQ(views.processor().outputs()[1].name, "w.errors");
  EXPECT_THAT(views.changes_of({row("a", 1), row("b", 1)}), ElementsAre(R"(+ {"c0":2})"));
  EXPECT_EQ(make_processor(two, {"x"}).error().code, Errc::not_found);
}

TEST(Processor, CanonicalTextFollowsTheTreeAndNotItsMemory) {
  const PlanPointer shared = project(scan(), {k()});
  const Program once = program(union_all({shared, shared}));
  const Program twice = program(union_all({project(scan(), {k()}), project(scan(), {k()})}));
  EXPECT_EQ(canonical_text(once, 0), canonical_text(twice, 0));
  EXPECT_NE(canonical_text(once, 0), canonical_text(program(shared), 0));
}

EventHistory random_history(unsigned seed) {
  std::mt19937 random(seed);
  const auto pick = [&](std::vector<std::string> of) { return of[random() % of.size()]; };
  EventHistory history;
  for (int append = 0; append < 12; ++append) {
    std::vector<TextEvent> values;
    for (auto i = random() % 6; i-- > 0;) {
      values.push_back(random() % 9 == 0 ? pick({"[]", "", "{\"n\":\"x\"}"})
                                         : "{\"k\":\"" + pick({"a", "b", "a longer key than fits"}) +
                                               "\",\"n\":" + pick({"0", "1", "50", "null"}) +
                                               ",\"d\":" + pick({"1.0", "1.00", "-3.5", "null"}) +
                                               ",\"f\":" + pick({"1e300", "-1e300", "0.1", "-0.0", "1e-320"}) + "}");
    }
    history.append(0, std::move(values));
  }
  return history;
}

std::vector<Program> varied_programs() {
  AggregateCall distinct_sum = sum_of(d());
  distinct_sum.distinct = true;
  const PlanPointer groups = aggregate(
      scan(), {k(), d()},
      {count_rows(), distinct_sum, aggregate_call(AggregateFunction::avg, f(), kDouble),
       aggregate_call(AggregateFunction::max, n(), kBigint), aggregate_call(AggregateFunction::sum, f(), kDouble)});
  const PlanPointer again = aggregate(groups, {column(2, kBigint)},
                                      {aggregate_call(AggregateFunction::min, column(1, kNumeric), kNumeric),
                                       aggregate_call(AggregateFunction::sum, column(6, kDouble), kDouble),
                                       aggregate_call(AggregateFunction::max, column(0, kText), kText), distinct_sum});
  const PlanPointer errors = aggregate(scan(), {inverse(n())}, {aggregate_call(AggregateFunction::avg, n(), kNumeric)});
  const PlanPointer united = distinct(union_all({project(scan(), {d()}), project(groups, {column(1, kNumeric)})}));
  Program chain = program(groups);
  chain.views.push_back(view("w", distinct(project(plan(ScanView{0}, groups->schema), {column(1, kNumeric)}))));
  return {program(groups), program(errors), program(united), chain};
}

TEST(Processor, DoesNotDependOnSplitsOrAdvances) {
  const unsigned seed = std::random_device{}();
  for (const Program& each : varied_programs()) {
    expect_split_independence([&] { return std::move(*make_processor(each)); }, random_history(seed), seed);
  }
}

TEST(WordCountProcessor, DoesNotDependOnSplitsOrAdvances) {
  EventHistory history;
  history.append(0, {"to be or not to be", "", " that is "});
  history.append(0, {"the question", "to  be"});
  expect_split_independence([] { return std::make_unique<WordCountProcessor>("lines"); }, history, 7);
}

}  // namespace
}  // namespace kappa::test
