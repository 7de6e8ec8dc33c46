// Events of a key go where Kafka's own clients would send them.
#include "kappa/log/partition_of_key.hpp"

#include <gtest/gtest.h>

namespace kappa::test {
namespace {

using log::murmur2;
using log::partition_of_key;

std::int32_t murmur2_of(std::string_view text) {
  return murmur2(as_bytes(text));
}

// The values of Kafka's own test, UtilsTest.testMurmur2.
TEST(PartitionOfKey, HashesAsKafkaDoes) {
  EXPECT_EQ(murmur2_of("21"), -973932308);
  EXPECT_EQ(murmur2_of("foobar"), -790332482);
  EXPECT_EQ(murmur2_of("a-little-bit-long-string"), -985981536);
  EXPECT_EQ(murmur2_of("a-little-bit-longer-string"), -1486304829);
  EXPECT_EQ(murmur2_of("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), -58897971);
  EXPECT_EQ(murmur2_of("abc"), 479470107);
}

// The empty key is a key; bytes above 0x7f count as unsigned.
TEST(PartitionOfKey, HashesOddKeys) {
  EXPECT_EQ(murmur2_of(""), 275646681);
  EXPECT_EQ(murmur2_of("\xff"), -311467685);
}

TEST(PartitionOfKey, IsTheHashWithoutItsSign) {
  EXPECT_EQ(partition_of_key(as_bytes("21"), 3), (-973932308 & 0x7fffffff) % 3);
  EXPECT_EQ(partition_of_key(as_bytes("abc"), 7), 479470107 % 7);
  EXPECT_EQ(partition_of_key(as_bytes("foobar"), 1), 0U);
}

TEST(PartitionOfKey, DoesNotDependOnWhereTheKeyLies) {
  const std::string_view text = "xa-little-bit-longer-string";
  EXPECT_EQ(murmur2_of(text.substr(1)), -1486304829);
}

}  // namespace
}  // namespace kappa::test
