#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "definitions.hpp"
#include "expression_binder.hpp"

namespace kappa::sql {

/// A bound query.
struct Query {
  Relation relation;
  /// The columns that are a literal of unknown type: text, unless a UNION decides otherwise.
  std::vector<std::optional<Bound>> undecided;
  std::vector<processor::SortKey> order_by;
  std::vector<int> places;  ///< Where the text names each column; empty for a union.
};

/// A column of the SELECT list over the relation in FROM, before grouping.
struct Target {
  Bound value;
  std::string name;
  int place = -1;
};

/// Binds queries: SELECT, UNION ALL, FROM. Lives while one statement is bound.
class QueryBinder {
 public:
  QueryBinder(const Source& source, const Definitions& definitions)
      : source_(source), definitions_(definitions), builder_(source), plans_(source) {}

  /// The query of a materialized view, which may have an ORDER BY.
  [[nodiscard]] Query bind_top(const Node& select);
  /// A sub-select, a branch of a union or an inlined view, which may not.
  [[nodiscard]] Query bind_nested(const Node& select);

  /// The definitions that the queries have named so far.
  [[nodiscard]] const std::set<std::size_t>& used() const { return used_; }

 private:
  // query_binder.cpp
  [[nodiscard]] Query bind(const Node& select);
  [[nodiscard]] Query bind_union(const Node& select);
  [[nodiscard]] Query bind_select(const Node& select);
  [[nodiscard]] std::vector<Target> bind_targets(const Node& select, ExpressionBinder& binder);
  void add_star(const Node& target, ExpressionBinder& binder, std::vector<Target>& targets);
  [[nodiscard]] Relation cast_columns(const Query& query, const std::vector<RelationColumn>& columns, int place) const;
  [[nodiscard]] Bound column_of(const Query& query, std::size_t index, int place) const;
  // from_binder.cpp
  [[nodiscard]] Scope bind_from(const Node& select);
  [[nodiscard]] Scope bind_table(const Node& range);
  [[nodiscard]] Scope bind_window(const Node& range);
  [[nodiscard]] Scope bind_window_source(const Node& argument);
  [[nodiscard]] Scope make_scope(Relation relation, const Node& alias, std::string name, int place) const;
  [[nodiscard]] const Relation& named(std::string_view name, int place);

  const Source& source_;
  const Definitions& definitions_;
  Builder builder_;
  PlanBuilder plans_;
  std::set<std::size_t> used_;
};

/// The name that PostgreSQL gives a column of the SELECT list without AS.
[[nodiscard]] std::string default_name(const Node& expression);

}  // namespace kappa::sql
