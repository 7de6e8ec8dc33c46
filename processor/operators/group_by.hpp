#pragma once
#include <memory>
#include <span>
#include <vector>

#include "operators/accumulator.hpp"
#include "operators/key_codec.hpp"
#include "operators/keyed_store.hpp"
#include "operators/operator.hpp"

namespace kappa::processor {

/// One output column of a GroupBy after its keys. A null accumulator makes a column that nobody needs.
struct GroupedCall {
  std::unique_ptr<Accumulator> accumulator;
  std::size_t argument = 0;  ///< Index into the input's columns; meaningless for count(*).
  bool has_argument = false;
};

/// Groups rows by their first columns and aggregates the others: GROUP BY, and with no calls DISTINCT. Input rows have
/// no errors. A group is there while rows are in it; without keys there is one group, always.
/// A group's key shows one of the present rows' keys: of equal keys that differ, the one with the least encoding.
class GroupBy final : public StatefulOperator {
 public:
  GroupBy(std::vector<TypeKind> keys, std::vector<GroupedCall> calls, InputKind input, Consumer& next);

  void push(Batch batch) override;
  [[nodiscard]] Result<void> check_room() const override;
  void apply() override;
  void discard() override { staged_.clear(); }
  void emit() override;
  [[nodiscard]] std::size_t pending_bytes() const override;
  [[nodiscard]] std::size_t state_bytes() const override;

 private:
  void take(const Batch& batch);
  void mark_dirty(std::span<const std::uint32_t> groups);
  void resize();
  void note_representations(const Batch& batch, std::span<const std::uint32_t> groups);
  [[nodiscard]] Batch finish(std::span<const std::uint32_t> groups, std::int64_t weight) const;
  [[nodiscard]] std::vector<ColumnPointer> key_columns(std::span<const std::uint32_t> groups) const;
  void push_present(const std::vector<std::uint32_t>& present);
  void forget(std::uint32_t group);

  KeyCodec codec_;
  std::vector<GroupedCall> calls_;
  Consumer& next_;
  std::vector<Batch> staged_;
  KeyedStore store_;
  std::vector<GroupState> states_;  // By group.
  Representations representations_;
  std::vector<std::uint32_t> dirty_;
  std::vector<Batch> before_;  // What dirty groups showed at the last emit(), as retractions.
  std::size_t before_bytes_ = 0;
};

}  // namespace kappa::processor
