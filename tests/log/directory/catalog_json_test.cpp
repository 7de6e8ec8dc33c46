#include "directory/catalog_json.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace kappa::log {
namespace {

CatalogEvent with_partitions(std::string_view number) {
  return {std::string(kTopicCreated),
          "t",
          fmt::format(R"({{"id":"00000000000000110000000000000012","kind":"user","partitions":{}}})", number),
          {}};
}

TEST(CatalogJson, RefusesToWriteWhatCouldNotBeReadAgain) {
  const std::string deep = std::string(32, '[') + std::string(32, ']');
  for (const CatalogEvent& event : {CatalogEvent{"topic_creat\xff", "t"}, CatalogEvent{"topic_created", "\xc3"},
                                    CatalogEvent{"view_defined", "v", R"({"a":)" + deep + "}"}}) {
    const auto text = encode_catalog_event(event);
    ASSERT_FALSE(text) << *text;
    EXPECT_EQ(text.error().code, Errc::bad_input);
  }
}

TEST(CatalogJson, TakesEveryNumberOfPartitionsThatThereCanBe) {
  EXPECT_EQ(decode_topic(with_partitions("1"))->partitions, 1u);
  EXPECT_EQ(decode_topic(with_partitions("4294967295"))->partitions, 4294967295u);
  for (const char* number : {"0", "-1", "4294967296", "4294967297", "1.5"})
    EXPECT_EQ(decode_topic(with_partitions(number)).error().code, Errc::corruption) << number;
}

}  // namespace
}  // namespace kappa::log
