#include "kappa/processor/fingerprint.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace kappa::processor {
namespace {

TEST(Fingerprint, IsGolden) {
  Fingerprint fingerprint;
  EXPECT_EQ(to_text(fingerprint), "0:00000000000000000000000000000000");
  fingerprint.add("a row", 1);
  EXPECT_EQ(to_text(fingerprint), "1:1e6cb02e2feffc66ba94e012e1a08366");
}

TEST(Fingerprint, DoesNotDependOnTheOrderOfChanges) {
  Fingerprint one;
  one.add("a", 2), one.add("b", 1), one.add("a", -1), one.add("c", 5), one.add("c", -5);
  Fingerprint other;
  other.add("b", 1), other.add("a", 1);
  EXPECT_EQ(one, other);
}

TEST(Fingerprint, WeighsRows) {
  Fingerprint once;
  once.add("a", 3);
  Fingerprint thrice;
  for (int i = 0; i < 3; ++i) thrice.add("a", 1);
  EXPECT_EQ(once, thrice);
  EXPECT_EQ(once.weight, 3);
}

TEST(Fingerprint, AddsABatchByItsEncodedRows) {
  auto column = std::make_shared<Column>(make_column(TypeKind::boolean, 2));
  column->as<std::uint8_t>()[1] = 1;
  Batch batch;
  batch.rows = 2;
  batch.columns = {column};
  batch.weights = {1, -4};
  Fingerprint whole;
  whole.add(batch);
  Fingerprint parts;
  parts.add(std::string_view("\1\0", 2), 1), parts.add("\1\1", -4);
  EXPECT_EQ(whole, parts);
}

}  // namespace
}  // namespace kappa::processor
