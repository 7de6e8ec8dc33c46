#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "operators/accumulator.hpp"
#include "operators/result_column.hpp"
#include "operators/value_order.hpp"

namespace kappa::processor {

/// min and max over an input that only grows: the running extreme is enough.
template <typename T>
class RunningExtreme final : public Accumulator {
 public:
  RunningExtreme(TypeKind kind, ExtremeOrder<T> before) : kind_(kind), before_(before) {}

  void resize(std::size_t groups) override { extremes_.resize(groups); }
  void update(const Updates& updates) override {
    const auto& values = updates.argument->as<ColumnValue<T>>();
    for (std::size_t row = 0; row < updates.groups.size(); ++row) {
      if (updates.argument->is_null(row)) continue;
      std::optional<T>& extreme = extremes_[updates.groups[row]];
      if (extreme && !before_(values[row], *extreme)) continue;
      if (extreme) heap_bytes_ -= heap_size(*extreme);
      extreme = T(values[row]);
      heap_bytes_ += heap_size(*extreme);
    }
  }
  [[nodiscard]] ColumnPointer finish(std::span<const std::uint32_t> groups,
                                     std::span<const GroupState>) const override {
    return finish_extremes<T>(kind_, groups,
                              [&](std::uint32_t group) { return extremes_[group] ? &*extremes_[group] : nullptr; });
  }
  void reset(std::uint32_t group) override {
    if (extremes_[group]) heap_bytes_ -= heap_size(*extremes_[group]);
    extremes_[group].reset();
  }
  [[nodiscard]] std::size_t bytes() const override {
    return extremes_.capacity() * sizeof(std::optional<T>) + heap_bytes_;
  }

 private:
  TypeKind kind_;
  ExtremeOrder<T> before_;
  std::vector<std::optional<T>> extremes_;
  std::size_t heap_bytes_ = 0;
};

/// min and max over an input that can take rows away: all values are kept, with their weights, the extreme first.
template <typename T>
class ExtremeOfAll final : public Accumulator {
 public:
  ExtremeOfAll(TypeKind kind, ExtremeOrder<T> before) : kind_(kind), before_(before) {}

  void resize(std::size_t groups) override {
    while (groups_.size() < groups) groups_.emplace_back(before_);
  }
  void update(const Updates& updates) override {
    const auto& values = updates.argument->as<ColumnValue<T>>();
    for (std::size_t row = 0; row < updates.groups.size(); ++row) {
      if (!updates.argument->is_null(row)) add(groups_[updates.groups[row]], T(values[row]), updates.weight(row));
    }
  }
  [[nodiscard]] ColumnPointer finish(std::span<const std::uint32_t> groups,
                                     std::span<const GroupState>) const override {
    return finish_extremes<T>(kind_, groups, [&](std::uint32_t group) {
      return groups_[group].empty() ? nullptr : &groups_[group].begin()->first;
    });
  }
  void reset(std::uint32_t group) override {
    for (const auto& [value, weight] : groups_[group]) value_bytes_ -= kNodeBytes + heap_size(value);
    groups_[group].clear();
  }
  [[nodiscard]] std::size_t bytes() const override { return groups_.capacity() * sizeof(Values) + value_bytes_; }

 private:
  using Values = std::map<T, std::int64_t, ExtremeOrder<T>>;
  static constexpr std::size_t kNodeBytes = 48 + sizeof(T);

  void add(Values& values, T value, std::int64_t weight) {
    const auto [found, is_new] = values.try_emplace(std::move(value), 0);
    if (is_new) value_bytes_ += kNodeBytes + heap_size(found->first);
    found->second += weight;
    if (found->second != 0) return;
    value_bytes_ -= kNodeBytes + heap_size(found->first);
    values.erase(found);
  }

  TypeKind kind_;
  ExtremeOrder<T> before_;
  std::vector<Values> groups_;
  std::size_t value_bytes_ = 0;
};

}  // namespace kappa::processor
