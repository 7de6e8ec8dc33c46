#pragma once
#include <vector>

#include "operators/accumulator.hpp"

namespace kappa::processor {

/// count(*): the group's own weight, so it keeps nothing.
class RowCount final : public Accumulator {
 public:
  void resize(std::size_t) override {}
  void update(const Updates&) override {}
  [[nodiscard]] ColumnPointer finish(std::span<const std::uint32_t> groups,
                                     std::span<const GroupState> states) const override;
  void reset(std::uint32_t) override {}
  [[nodiscard]] std::size_t bytes() const override { return 0; }
};

/// count(x): how many values are not NULL.
class ValueCount final : public Accumulator {
 public:
  void resize(std::size_t groups) override { counts_.resize(groups); }
  void update(const Updates& updates) override;
  [[nodiscard]] ColumnPointer finish(std::span<const std::uint32_t> groups,
                                     std::span<const GroupState> states) const override;
  void reset(std::uint32_t group) override { counts_[group] = 0; }
  [[nodiscard]] std::size_t bytes() const override { return counts_.capacity() * sizeof(std::int64_t); }

 private:
  std::vector<std::int64_t> counts_;
};

}  // namespace kappa::processor
