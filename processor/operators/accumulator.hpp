#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "kappa/base/result.hpp"
#include "kappa/processor/column.hpp"
#include "kappa/processor/plan.hpp"
#include "operators/representations.hpp"

namespace kappa::processor {

/// What every group has, whatever is aggregated.
struct GroupState {
  std::int64_t weight = 0;   ///< Rows in the group.
  std::uint8_t dirty = 0;    ///< Changed since the last emit().
  std::uint8_t emitted = 0;  ///< Had a row of output at the last emit().
};

/// Changes for an accumulator: the argument's values (null for count(*)), each with its group and weight.
struct Updates {
  const ColumnPointer& argument;
  std::span<const std::uint32_t> groups;
  std::span<const std::int64_t> weights;  ///< Empty: all +1.

  [[nodiscard]] std::int64_t weight(std::size_t row) const { return weights.empty() ? 1 : weights[row]; }
};

/// One aggregate call over all groups. A group's result depends on the multiset of its values only: not on the order
/// in which they came, nor on what came and went between.
class Accumulator {
 public:
  Accumulator() = default;
  Accumulator(const Accumulator&) = delete;
  Accumulator& operator=(const Accumulator&) = delete;
  virtual ~Accumulator() = default;
  /// Makes room: groups are below `groups`. Never shrinks.
  virtual void resize(std::size_t groups) = 0;
  virtual void update(const Updates& updates) = 0;
  /// The results of some groups; a result out of range is an error in the column. `states` is indexed by group.
  [[nodiscard]] virtual ColumnPointer finish(std::span<const std::uint32_t> groups,
                                             std::span<const GroupState> states) const = 0;
  /// Back to no values: the group's number will be given to another key.
  virtual void reset(std::uint32_t group) = 0;
  [[nodiscard]] virtual std::size_t bytes() const = 0;
};

/// The accumulator of a call, whose filter stands in the argument already. Errc::query for an argument type that the
/// function does not take.
[[nodiscard]] Result<std::unique_ptr<Accumulator>> make_accumulator(const AggregateCall& call, InputKind input);

}  // namespace kappa::processor
