#pragma once
#include <vector>

#include "kappa/processor/scalar.hpp"
#include "operators/accumulator.hpp"
#include "operators/integer_sum.hpp"
#include "operators/wide_sum.hpp"

namespace kappa::processor {

/// The exact sum of one multiset of numerics. A sum and a count for each display scale that is present: the sum shows
/// the largest scale among the values that are there now, so 1.0 + 1.000 - 1.000 shows 1.0.
class NumericTotal {
 public:
  void add(const Numeric& value, std::int64_t weight);
  [[nodiscard]] std::int64_t count() const { return count_; }
  /// 22003 beyond 38 digits.
  [[nodiscard]] Scalar<Numeric> sum() const;
  [[nodiscard]] std::size_t heap_bytes() const { return scales_.capacity() * sizeof(Scale); }

 private:
  struct Scale {
    std::int16_t scale = 0;
    std::int64_t count = 0;
    WideSum total;
  };
  std::int64_t& count_of(Numeric::Kind kind);

  std::int64_t count_ = 0;
  std::int64_t nans_ = 0;
  std::int64_t positive_infinities_ = 0;
  std::int64_t negative_infinities_ = 0;
  std::vector<Scale> scales_;
};

/// sum and avg of numeric.
class NumericSum final : public Accumulator {
 public:
  explicit NumericSum(SumResult asked) : asked_(asked) {}
  void resize(std::size_t groups) override { totals_.resize(groups); }
  void update(const Updates& updates) override;
  [[nodiscard]] ColumnPointer finish(std::span<const std::uint32_t> groups,
                                     std::span<const GroupState> states) const override;
  void reset(std::uint32_t group) override;
  [[nodiscard]] std::size_t bytes() const override { return totals_.capacity() * sizeof(NumericTotal) + heap_bytes_; }

 private:
  SumResult asked_;
  std::vector<NumericTotal> totals_;
  std::size_t heap_bytes_ = 0;
};

}  // namespace kappa::processor
