#include "kappa/base/near_miss.hpp"

#include <gtest/gtest.h>

namespace kappa {
namespace {

TEST(NameDistance, CountsInsertionsDeletionsReplacementsAndSwaps) {
  EXPECT_EQ(name_distance("orders", "orders"), 0U);
  EXPECT_EQ(name_distance("order", "orders"), 1U);
  EXPECT_EQ(name_distance("orders", "oders"), 1U);
  EXPECT_EQ(name_distance("orders", "orderz"), 1U);
  EXPECT_EQ(name_distance("orders", "odrers"), 1U);
  EXPECT_EQ(name_distance("", "abc"), 3U);
}

TEST(NameDistance, IgnoresAsciiCase) {
  EXPECT_EQ(name_distance("Orders", "oRDERS"), 0U);
}

TEST(NearMiss, SuggestsTheNearest) {
  EXPECT_EQ(near_miss("clikcs", {"clocks", "clicks", "kicks"}), "clicks");
}

TEST(NearMiss, TakesTheFirstOfEquals) {
  EXPECT_EQ(near_miss("bat", {"cat", "hat"}), "cat");
}

TEST(NearMiss, SuggestsNothingFarAway) {
  EXPECT_EQ(near_miss("orders", {"payments", "clicks"}), "");
  EXPECT_EQ(near_miss("orders", {}), "");
}

TEST(NearMiss, AllowsFewerEditsToShortNames) {
  EXPECT_EQ(near_miss("ab", {"xy"}), "");
  EXPECT_EQ(near_miss("ab", {"ax"}), "ax");
}

TEST(NearMiss, AllowsThreeEditsAtTheMost) {
  EXPECT_EQ(near_miss("package_installations", {"package_installxxx"}), "");
  EXPECT_EQ(near_miss("package_installations", {"package_installati"}), "package_installati");
}

}  // namespace
}  // namespace kappa
