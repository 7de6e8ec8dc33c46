#include "kappa/base/bytes.hpp"

#include <gtest/gtest.h>

#include <array>

#include "kappa/base/units.hpp"

namespace kappa {
namespace {

TEST(Bytes, TextThereAndBack) {
  EXPECT_EQ(as_text(as_bytes("a\xff")), "a\xff");
}

TEST(Bytes, IntegersAreLittleEndian) {
  std::vector<std::byte> buffer;
  put(buffer, std::uint32_t{0x01020304});
  EXPECT_EQ(as_text(buffer), "\x04\x03\x02\x01");
}

TEST(Bytes, LoadAndStoreNeedNoAlignment) {
  std::array<std::byte, 9> memory{};
  store(memory.data() + 1, std::uint64_t{0x1122334455667788});
  EXPECT_EQ(load<std::uint64_t>(memory.data() + 1), 0x1122334455667788U);
  EXPECT_EQ(memory[0], std::byte{0});
}

TEST(Units, QuantitiesCompareAndAdvance) {
  EXPECT_LT(Offset{1}, Offset{2});
  EXPECT_EQ(Sequence{1}.plus(2), Sequence{3});
  EXPECT_LT(kNoSequence, kEndOfTime);
}

}  // namespace
}  // namespace kappa
