#pragma once
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "overloads.hpp"
#include "scope.hpp"

namespace kappa::sql {

/// Where an expression stands: decides whether aggregates may, and names the place in refusals.
enum class Clause : std::uint8_t { select_list, where, group_by, having, order_by, window, aggregate_argument, filter };

/// Columns at or above this index in a bound expression are aggregates: kAggregateColumn + index among the calls. They
/// and the grouping columns become columns of the aggregation's output when the query is put together (grouping.hpp).
inline constexpr std::uint32_t kAggregateColumn = 0x8000'0000;

/// The aggregates of one query, each different one once, and where its columns were named.
struct AggregateCalls {
  std::vector<processor::AggregateCall> calls;
  int place = -1;  ///< Of the first.

  /// The index of an equal call, which is added if there is none.
  [[nodiscard]] std::uint32_t add(processor::AggregateCall call);
};

/// Binds expressions of one query: names by the scope, operators and functions by their overloads, types by the
/// builder. Lives while the query is bound.
class ExpressionBinder {
 public:
  ExpressionBinder(const Builder& builder, const Scope& scope) : builder_(builder), scope_(scope) {}

  [[nodiscard]] Bound bind(const Node& node, Clause clause);

  [[nodiscard]] const Scope& scope() const { return scope_; }
  [[nodiscard]] AggregateCalls& aggregates() { return aggregates_; }
  /// Where the text names a column; the place of the query for those that `*` made.
  [[nodiscard]] int place_of(const Expression& column) const;
  [[nodiscard]] Bound bind_column(std::uint32_t index, int place);

 private:
  // expression_binder.cpp
  [[nodiscard]] Bound bind_node(const Node& node);
  [[nodiscard]] Bound bind_constant(const Node& node) const;
  [[nodiscard]] Bound bind_type_cast(const Node& node);
  [[nodiscard]] Bound bind_interval(const Node& argument, const Node& type_name) const;
  [[nodiscard]] Bound bind_logic(const Node& node);
  [[nodiscard]] Bound bind_boolean_test(const Node& node);
  [[nodiscard]] Bound bind_case(const Node& node);
  [[nodiscard]] Bound bind_coalesce(const Node& node);
  [[nodiscard]] std::vector<Bound> bind_all(const std::vector<Node>& nodes);
  // expression_operators.cpp
  [[nodiscard]] Bound bind_operator_node(const Node& node);
  [[nodiscard]] Bound bind_operator(std::string_view name, std::vector<Bound> args, int place) const;
  [[nodiscard]] Bound bind_concat(const std::vector<Bound>& args, int place) const;
  [[nodiscard]] Bound bind_between(const Node& node, bool negated);
  [[nodiscard]] Bound bind_in(const Node& node);
  [[nodiscard]] Bound bind_in_constants(const Bound& value, const std::vector<Bound>& items, int place) const;
  [[nodiscard]] Bound bind_like(const Node& node);
  [[nodiscard]] Bound bind_null_if(const Node& node);
  [[nodiscard]] Bound bind_distinct(const Node& node, Op op);
  [[nodiscard]] Bound negate(const Bound& condition) const;
  // expression_functions.cpp
  [[nodiscard]] Bound bind_function(const Node& node);
  [[nodiscard]] Bound bind_scalar_function(const Node& node, const std::string& name);
  [[nodiscard]] Bound bind_aggregate(const Node& node, const std::string& name);
  [[nodiscard]] Bound bind_within(const Node& node, Clause clause);
  void check_time_field(std::string_view function, const Bound& field, const Bound& time) const;
  void check_aggregate_place(const Node& node) const;
  [[nodiscard]] Bound apply(const Signature& signature, std::vector<Bound> args, int place) const;

  const Builder& builder_;
  const Scope& scope_;
  Clause clause_ = Clause::select_list;
  AggregateCalls aggregates_;
  std::vector<ExpressionPointer> columns_;  // Keeps the keys of places_ alive, so that no address is used twice.
  std::unordered_map<const Expression*, int> places_;
};

/// The kinds of arguments, for the choice of overloads.
[[nodiscard]] std::vector<Kind> kinds_of(const std::vector<Bound>& args);

}  // namespace kappa::sql
