#pragma once
#include <memory>
#include <vector>

#include "operators/accumulator.hpp"
#include "operators/key_codec.hpp"
#include "operators/keyed_store.hpp"

namespace kappa::processor {

/// An aggregate over the distinct values of its argument: passes on only that a value came to be present in a group or
/// ceased to be. Of equal values that differ (1.0 and 1.00) the one with the least encoding counts.
class DistinctArgument final : public Accumulator {
 public:
  DistinctArgument(TypeKind kind, InputKind input, std::unique_ptr<Accumulator> inner);
  void resize(std::size_t groups) override { inner_->resize(groups); }
  void update(const Updates& updates) override;
  [[nodiscard]] ColumnPointer finish(std::span<const std::uint32_t> groups,
                                     std::span<const GroupState> states) const override {
    return inner_->finish(groups, states);
  }
  void reset(std::uint32_t group) override { inner_->reset(group); }
  [[nodiscard]] std::size_t bytes() const override;

 private:
  struct Touched {
    std::uint32_t entry = 0;
    std::uint32_t group = 0;
    std::string before;  // The exact key that counted before this update; empty for none.
  };
  /// Values that are not NULL, with their groups, as keys (group, value).
  struct Rows;
  [[nodiscard]] Rows rows_of(const Updates& updates) const;
  [[nodiscard]] std::string shown(std::uint32_t entry) const;
  void touch(const Rows& rows, const std::vector<std::uint32_t>& entries);
  void pass_on();

  KeyCodec codec_;  // (group as bigint, value)
  KeyedStore entries_;
  std::vector<std::int64_t> weights_;  // By entry.
  Representations representations_;
  std::unique_ptr<Accumulator> inner_;
  std::vector<Touched> touched_;
  std::vector<std::uint8_t> is_touched_;  // By entry.
};

}  // namespace kappa::processor
