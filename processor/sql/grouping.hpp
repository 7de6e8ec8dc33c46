#pragma once
#include <vector>

#include "expression_binder.hpp"
#include "query_binder.hpp"

namespace kappa::sql {

/// GROUP BY of one query: its keys, and expressions over the source turned into expressions over the groups.
class Grouping {
 public:
  Grouping(const Builder& builder, ExpressionBinder& binder) : builder_(builder), binder_(binder) {}

  /// Binds the clause: expressions, positions and output names, by PostgreSQL's rules.
  void bind_keys(const std::vector<Node>& clause, const std::vector<Target>& targets);

  /// Whether the query groups: it has keys, or aggregates anywhere.
  [[nodiscard]] bool groups() const { return !keys_.empty() || !binder_.aggregates().calls.empty(); }
  [[nodiscard]] const std::vector<Bound>& keys() const { return keys_; }

  /// The expression over the aggregation's output. Refuses a column that is neither grouped nor aggregated.
  [[nodiscard]] Bound over_groups(const Bound& value) const;

 private:
  [[nodiscard]] Bound bind_key(const Node& node, const std::vector<Target>& targets);
  [[nodiscard]] ExpressionPointer rewrite(const ExpressionPointer& expression) const;

  const Builder& builder_;
  ExpressionBinder& binder_;
  std::vector<Bound> keys_;
};

/// The target that a position or a bare output name in GROUP BY or ORDER BY means; null if `node` is neither.
/// `clause` is for refusals.
[[nodiscard]] const Target* find_target(const Source& source, const Node& node, const std::vector<Target>& targets,
                                        std::string_view clause);

}  // namespace kappa::sql
