#pragma once
#include <vector>

#include "operators/accumulator.hpp"

namespace kappa::processor {

/// What a sum is asked for.
enum class SumResult : std::uint8_t { sum, average };

/// sum and avg of integer and bigint, in 128 bits: 2^63 rows of 2^63 fit, so nothing overflows on the way. The sum of
/// integers is a bigint, range-checked on output; the sum of bigints and every average is numeric.
class IntegerSum final : public Accumulator {
 public:
  IntegerSum(SumResult asked, TypeKind result) : asked_(asked), result_(result) {}
  void resize(std::size_t groups) override { sums_.resize(groups); }
  void update(const Updates& updates) override;
  [[nodiscard]] ColumnPointer finish(std::span<const std::uint32_t> groups,
                                     std::span<const GroupState> states) const override;
  void reset(std::uint32_t group) override { sums_[group] = {}; }
  [[nodiscard]] std::size_t bytes() const override { return sums_.capacity() * sizeof(Sum); }

 private:
  struct Sum {
    Int128 total = 0;
    std::int64_t count = 0;
  };
  SumResult asked_;
  TypeKind result_;
  std::vector<Sum> sums_;
};

}  // namespace kappa::processor
