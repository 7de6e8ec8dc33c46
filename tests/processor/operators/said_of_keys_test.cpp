// What compaction asks of events: the same as a run, so that what it removes is what no run would miss.
#include "kappa/processor/said_of_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "event_history.hpp"
#include "plans.hpp"
#include "text_event.hpp"

namespace kappa::test {
namespace {

using processor::SaidOfKey;
using processor::TableDefinition;
using testing::Each;
using testing::ElementsAre;

constexpr SaidOfKey kNothing = SaidOfKey::nothing;

TableDefinition keyed_by(const std::vector<std::uint32_t>& primary_key) {
  TableDefinition table = program(scan()).tables[0];
  table.primary_key = primary_key;
  for (const std::uint32_t column : primary_key) table.columns[column].not_null = true;
  return table;
}

std::vector<SaidOfKey> said(std::vector<TableDefinition> tables, const std::vector<TextEvent>& events) {
  const EventBatch batch = make_batch(0, {1}, {0}, events);
  return processor::SaidOfKeys(std::move(tables)).judge(batch);
}

TEST(SaidOfKeys, OfRowsAndDeletions) {
  EXPECT_THAT(said({keyed_by({0})}, {{"a", R"({"k":"a","n":1})"}, deletion("a"), {"b", R"({"k":"b"})"}, deletion("")}),
              ElementsAre(SaidOfKey::row, SaidOfKey::no_row, SaidOfKey::row, SaidOfKey::no_row));
  EXPECT_THAT(said({keyed_by({1, 0})}, {{R"([7,"x"])", R"({"k":"x","n":7})"}, deletion(R"([7,"x"])")}),
              ElementsAre(SaidOfKey::row, SaidOfKey::no_row));
}

TEST(SaidOfKeys, OfWhatIsNoRowIsNothing) {
  const std::vector<TextEvent> errors = {{"a", R"({"k":"a","n":"x"})"},  // A column that no key needs.
                                         {"a", R"({"n":1})"},
                                         {"b", R"({"k":"a"})"},
                                         {std::nullopt, R"({"k":"a"})"},
                                         {"a", "[]"},
                                         {"a", "{"},
                                         {"a", ""},
                                         deletion("\xff"),
                                         TextEvent()};
  EXPECT_THAT(said({keyed_by({0})}, errors), Each(kNothing));
  EXPECT_THAT(said({keyed_by({1})}, {deletion("05"), deletion("x")}), Each(kNothing));
}

TEST(SaidOfKeys, IsWhatAllTablesAgreeOn) {
  TableDefinition strict = keyed_by({0});
  strict.columns[1].not_null = true;
  const std::vector<TextEvent> events = {
      {"5", R"({"k":"5","n":5})"}, {"5", R"({"k":"5"})"}, deletion("5"), deletion("x")};
  EXPECT_THAT(said({keyed_by({0}), strict}, events),
              ElementsAre(SaidOfKey::row, kNothing, SaidOfKey::no_row, SaidOfKey::no_row));
  EXPECT_THAT(said({strict, keyed_by({0})}, events),
              ElementsAre(SaidOfKey::row, kNothing, SaidOfKey::no_row, SaidOfKey::no_row));
  EXPECT_THAT(said({keyed_by({0}), keyed_by({1})}, events),
              ElementsAre(SaidOfKey::row, kNothing, SaidOfKey::no_row, kNothing));
}

TEST(SaidOfKeys, OfNoEventsIsNothing) {
  EXPECT_TRUE(said({keyed_by({0})}, {}).empty());
}

}  // namespace
}  // namespace kappa::test
