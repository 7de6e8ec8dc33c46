// Accumulators against a naive model: random insertions and retractions, exact arithmetic.
#include <gtest/gtest.h>

#include <bit>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "operators/exact_double_sum.hpp"
#include "operators/keyed_store.hpp"
#include "operators/numeric_sum.hpp"
#include "operators/wide_sum.hpp"

namespace kappa::processor {
namespace {

using boost::multiprecision::cpp_int;

/// A double as an integer count of 2^-1074, exactly.
cpp_int units(double value) {
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);
  const auto mantissa = static_cast<std::int64_t>(std::ldexp(fraction, 53));
  const int shift = exponent - 53 + 1074;
  return shift >= 0 ? cpp_int(mantissa) * (cpp_int(1) << shift) : cpp_int(mantissa) / (cpp_int(1) << -shift);
}

/// Whether `rounded` is nearest to count / divisor units: twice the distance is at most the gap to each neighbour.
bool is_nearest(double rounded, const cpp_int& count, const cpp_int& divisor) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const cpp_int distance = count - units(rounded) * divisor;
  const cpp_int above = (units(std::nextafter(rounded, kInfinity)) - units(rounded)) * divisor;
  const cpp_int below = (units(rounded) - units(std::nextafter(rounded, -kInfinity))) * divisor;
  return distance > 0 ? 2 * distance <= above : -2 * distance <= below;
}

double random_double(std::mt19937_64& random) {
  const double any = std::bit_cast<double>(random());
  if (random() % 4 == 0) return static_cast<double>(static_cast<std::int64_t>(random() % 1000)) / 8 - 60;
  return std::isfinite(any) && std::abs(any) < 1e300 ? any : 5e-324 * static_cast<double>(random() % 9);
}

TEST(ExactDoubleSum, IsTheExactSumRoundedOnce) {
  const auto seed = std::random_device{}();
  std::mt19937_64 random(seed);
  for (int round = 0; round < 300; ++round) {
    ExactDoubleSum sum;
    cpp_int model = 0;
    for (auto i = random() % 12 + 1; i-- > 0;) {
      const double value = random_double(random);
      const std::int64_t weight = static_cast<std::int64_t>(random() % 7) - 3;
      sum.add(value, weight);
      model += units(value) * weight;
    }
    const std::uint64_t divisor = random() % 1000 + 1;
    ASSERT_TRUE(is_nearest(sum.sum(), model, 1)) << "seed " << seed << ", round " << round;
    ASSERT_TRUE(is_nearest(sum.quotient(divisor), model, divisor)) << "seed " << seed << ", round " << round;
  }
}

TEST(ExactDoubleSum, TakesBackExactly) {
  ExactDoubleSum sum;
  sum.add(1e308, 3);
  sum.add(0.1, 1);
  sum.add(1e308, -3);
  EXPECT_EQ(sum.sum(), 0.1);
  sum.add(0.1, -1);
  EXPECT_FALSE(std::signbit(sum.sum() + 0.0));
}

TEST(ExactDoubleSum, TiesGoToEvenAndOverflowIsInfinite) {
  ExactDoubleSum sum;
  sum.add(9007199254740992.0, 1);
  sum.add(1.0, 1);
  EXPECT_EQ(sum.sum(), 9007199254740992.0);
  sum.add(5e-324, 1);
  EXPECT_EQ(sum.sum(), 9007199254740994.0);
  sum.add(std::numeric_limits<double>::max(), 2);
  EXPECT_TRUE(std::isinf(sum.sum()) && !sum.has_special());
}

TEST(ExactDoubleSum, CountsWhatIsNotFinite) {
  ExactDoubleSum sum;
  sum.add(std::numeric_limits<double>::infinity(), 1);
  sum.add(-std::numeric_limits<double>::infinity(), 1);
  EXPECT_TRUE(std::isnan(sum.sum()));
  sum.add(-std::numeric_limits<double>::infinity(), -1);
  EXPECT_EQ(sum.sum(), std::numeric_limits<double>::infinity());
}

TEST(ExactDoubleSum, OfNegativeZerosIsNegativeZero) {
  ExactDoubleSum sum;
  sum.add(-0.0, 2);
  EXPECT_TRUE(std::signbit(sum.sum()));
  sum.add(0.0, 1);
  EXPECT_FALSE(std::signbit(sum.sum()));
}

TEST(WideSum, EqualsBigIntegers) {
  std::mt19937_64 random(3);
  WideSum sum;
  cpp_int model = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto high = static_cast<Int128>(static_cast<std::int64_t>(random()) / 4);
    const Int128 value = high * (Int128{1} << 64) + static_cast<Int128>(random());
    const auto weight = static_cast<std::int64_t>(random()) >> 12;
    sum.add(value, weight);
    model +=
        (cpp_int(static_cast<std::int64_t>(value >> 64)) * (cpp_int(1) << 64) + static_cast<std::uint64_t>(value)) *
        weight;
  }
  const cpp_int limit = cpp_int(1) << 64;
  cpp_int actual = static_cast<std::int64_t>(sum.limbs()[2]);
  actual = (actual * limit + sum.limbs()[1]) * limit + sum.limbs()[0];
  EXPECT_EQ(actual, model);
}

TEST(NumericTotal, ChecksDigitsOfTheResultOnly) {
  Int128 largest = 1;
  for (int i = 0; i < 38; ++i) largest *= 10;
  --largest;
  NumericTotal total;
  total.add(Numeric{largest, 0}, 2);
  EXPECT_FALSE(total.sum().has_value());
  total.add(Numeric{-largest, 0}, 1);
  ASSERT_TRUE(total.sum().has_value());
  EXPECT_TRUE(total.sum()->coefficient == largest);
}

TEST(KeyedStore, AgreesWithAMapUnderErasure) {
  std::mt19937 random(11);
  KeyedStore store(0);
  std::map<std::string, std::uint32_t> model;
  for (int step = 0; step < 20'000; ++step) {
    const std::string key = std::to_string(random() % 700);
    if (random() % 3 == 0 && model.contains(key)) {
      store.erase(model[key]);
      model.erase(key);
      continue;
    }
    std::vector<std::uint32_t> numbers;
    store.find_or_insert({.bytes = key, .count = 1, .width = 0, .ends = {key.size()}}, numbers);
    const auto [known, is_new] = model.try_emplace(key, numbers[0]);
    ASSERT_EQ(known->second, numbers[0]);
    ASSERT_EQ(store.key(numbers[0]), key);
  }
  EXPECT_EQ(store.size(), model.size());
}

}  // namespace
}  // namespace kappa::processor
