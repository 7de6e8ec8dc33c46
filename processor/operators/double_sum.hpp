#pragma once
#include <vector>

#include "operators/accumulator.hpp"
#include "operators/exact_double_sum.hpp"
#include "operators/integer_sum.hpp"

namespace kappa::processor {

/// sum and avg of double precision: exact, rounded once. A finite sum beyond the range of double is 22003.
class DoubleSum final : public Accumulator {
 public:
  explicit DoubleSum(SumResult asked) : asked_(asked) {}
  void resize(std::size_t groups) override { sums_.resize(groups); }
  void update(const Updates& updates) override;
  [[nodiscard]] ColumnPointer finish(std::span<const std::uint32_t> groups,
                                     std::span<const GroupState> states) const override;
  void reset(std::uint32_t group) override;
  [[nodiscard]] std::size_t bytes() const override { return sums_.capacity() * sizeof(Sum) + heap_bytes_; }

 private:
  struct Sum {
    ExactDoubleSum total;
    std::int64_t count = 0;
  };
  SumResult asked_;
  std::vector<Sum> sums_;
  std::size_t heap_bytes_ = 0;
};

}  // namespace kappa::processor
