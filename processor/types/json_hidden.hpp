#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "kappa/base/event.hpp"
#include "kappa/processor/column.hpp"
#include "kappa/processor/plan.hpp"

namespace kappa::processor {

/// A table's hidden columns in their order (plan.hpp, kHiddenColumns).
enum class HiddenColumn : std::uint8_t { offset, sequence, partition, append_time, timestamp, key };

/// Their kinds.
inline constexpr std::array<TypeKind, kHiddenColumns> kHiddenKinds{
    TypeKind::bigint, TypeKind::bigint, TypeKind::integer, TypeKind::timestamp, TypeKind::timestamp, TypeKind::text};

/// A hidden column of the chosen events. A key that is no UTF-8 text is an error of its row in this column only; an
/// absent one is NULL.
[[nodiscard]] ColumnPointer hidden_column(HiddenColumn which, const EventBatch& events,
                                          const std::vector<std::uint32_t>& chosen);

}  // namespace kappa::processor
