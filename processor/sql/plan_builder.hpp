#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bound.hpp"
#include "kappa/processor/plan.hpp"

namespace kappa::sql {

using processor::PlanPointer;

/// Nodes of a view's plan, expressions included, where an inlined view counts wherever it is used; and levels of nodes.
inline constexpr std::uint64_t kPlanWeightMax = 1'000'000;
inline constexpr std::uint32_t kPlanDepthMax = 1'000;

/// A column by its name. `hidden` ones may be named but are not in `*`.
struct RelationColumn {
  std::string name;
  Type type;
  bool hidden = false;
};

/// A plan and the names of its output, column by column: what FROM gives and what a query is.
struct Relation {
  PlanPointer plan;
  std::vector<RelationColumn> columns;
  std::uint64_t weight = 1;
  std::uint32_t depth = 1;
};

/// Makes plan nodes with their schemas, within the limits above. Each takes the relation that it reads and gives the
/// relation that it makes.
class PlanBuilder {
 public:
  explicit PlanBuilder(const Source& source) : source_(source) {}

  [[nodiscard]] Relation scan_table(const processor::TableDefinition& table, std::uint32_t index) const;
  [[nodiscard]] Relation scan_view(const processor::ViewDefinition& view, std::uint32_t index) const;
  [[nodiscard]] Relation filter(Relation input, const Bound& condition) const;
  [[nodiscard]] Relation project(Relation input, const std::vector<Bound>& expressions,
                                 const std::vector<std::string>& names, int place) const;
  [[nodiscard]] Relation tumble(Relation input, const Bound& time, Micros size) const;
  [[nodiscard]] Relation distinct(Relation input, int place) const;
  /// Two branches of equal types, with the columns of the result; a branch that is a union already is spread out.
  [[nodiscard]] Relation union_all(const Relation& left, const Relation& right, std::vector<RelationColumn> columns,
                                   int place) const;
  /// Columns of the result are `keys`, then `calls`; their names are for people who read plans only.
  [[nodiscard]] Relation aggregate(Relation input, const std::vector<Bound>& keys,
                                   std::vector<processor::AggregateCall> calls, int place) const;

 private:
  [[nodiscard]] Relation over(const Relation& input, decltype(processor::PlanNode::node) node,
                              std::vector<RelationColumn> columns, std::uint64_t weight, int place) const;

  const Source& source_;
};

/// The columns of a relation that are a unique key of its rows (see ViewDefinition::unique_key), followed through
/// filters, projections, windows and views.
[[nodiscard]] std::optional<std::vector<std::uint32_t>> unique_key(const processor::Program& program,
                                                                   const processor::PlanNode& plan);

}  // namespace kappa::sql
