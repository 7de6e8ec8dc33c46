#pragma once
#include <cstdint>
#include <vector>

namespace kappa::processor {

/// The exact sum of a multiset of doubles: a fixed-point number wide enough for every double, kept as those of its
/// limbs that are in use. (a + b) - a is b, in any order. NaN and infinities are counted beside it.
class ExactDoubleSum {
 public:
  void add(double value, std::int64_t weight);
  /// The sum, rounded once to nearest even; infinite where it is beyond the range of double.
  [[nodiscard]] double sum() const;
  /// The sum divided by `divisor` > 0, rounded once.
  [[nodiscard]] double quotient(std::uint64_t divisor) const;
  /// Whether NaN or an infinity is among the values, so that an infinite result is no overflow.
  [[nodiscard]] bool has_special() const { return nans_ > 0 || positive_infinities_ > 0 || negative_infinities_ > 0; }
  [[nodiscard]] std::size_t heap_bytes() const { return limbs_.capacity() * sizeof(std::int64_t); }

 private:
  void add_special(double value, std::int64_t weight);
  void make_room(std::int32_t first, std::int32_t last);
  [[nodiscard]] double special() const;

  std::vector<std::int64_t> limbs_;  // Of 32 bits and their carries: limb i counts 2^(32 (first_ + i) - 1074).
  std::int32_t first_ = 0;
  std::uint32_t additions_ = 0;  // Since the carries were last moved up.
  std::int64_t nans_ = 0;
  std::int64_t positive_infinities_ = 0;
  std::int64_t negative_infinities_ = 0;
  std::int64_t not_negative_zeros_ = 0;  // Values other than -0: a sum of nothing but -0 is -0.
};

}  // namespace kappa::processor
