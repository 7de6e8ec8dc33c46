#include "postgres.hpp"

#include <gtest/gtest.h>

namespace kappa::test {
namespace {

TEST(PostgresServer, GivesRowsOfAQueryAndTellsNullFromEmptyText) {
  const PostgresServer* server = shared_postgres();
  ASSERT_NE(server, nullptr);
  const auto rows =
      server->query("select 1, null, '', E'a\\nb' union all select 2, 'x', null, " + quote_literal("'\\"));
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(*rows, (PostgresRows{{"1", std::nullopt, "", "a\nb"}, {"2", "x", std::nullopt, "'\\"}}));
}

TEST(PostgresServer, GivesNoRowsForAnEmptyResult) {
  const PostgresServer* server = shared_postgres();
  ASSERT_NE(server, nullptr);
  EXPECT_EQ(server->query("select 1 where false").value(), PostgresRows{});
  EXPECT_EQ(server->query("select ''").value(), (PostgresRows{{""}}));
}

TEST(PostgresServer, GivesTheSqlstateOfAnError) {
  const PostgresServer* server = shared_postgres();
  ASSERT_NE(server, nullptr);
  const auto rows = server->query("select 1/0");
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().sqlstate, "22012");
}

TEST(PostgresServer, RunsInUtcWithLocaleC) {
  const PostgresServer* server = shared_postgres();
  ASSERT_NE(server, nullptr);
  const auto rows = server->query("select current_setting('timezone'), 'a' > 'B', version() like 'PostgreSQL 15%'");
  EXPECT_EQ(rows.value(), (PostgresRows{{"UTC", "t", "t"}}));
}

TEST(PostgresServer, NamesTheSetupCommandWhereThereIsNoPostgres) {
  setenv("KAPPA_POSTGRES_BIN", "/nonexistent", 1);
  const auto server = PostgresServer::start();
  unsetenv("KAPPA_POSTGRES_BIN");
  ASSERT_FALSE(server);
  EXPECT_NE(server.error().find("./dev setup"), std::string::npos) << server.error();
}

}  // namespace
}  // namespace kappa::test
