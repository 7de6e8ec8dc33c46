#pragma once
#include "definitions.hpp"
#include "kappa/sql/compile.hpp"
#include "query_binder.hpp"

namespace kappa::sql {

/// Binds the statements of a file in their order.
class FileBinder {
 public:
  explicit FileBinder(Source& source) : source_(source), builder_(source), plans_(source) {}

  void bind(const Statement& statement);
  /// What the statements so far define. The last call.
  [[nodiscard]] Compiled finish();

 private:
  void bind_table(const Statement& statement);
  void bind_view(const Statement& statement);
  void bind_materialized_view(const Statement& statement);
  [[nodiscard]] Query bind_body(QueryBinder& binder, const Node& select, const std::vector<std::string>& names,
                                int place) const;
  void define(std::string name, Relation relation, const Statement& statement, const std::set<std::size_t>& uses);
  void check_topics_apart(std::string_view topic, std::string_view view, int place) const;

  Source& source_;
  Builder builder_;
  PlanBuilder plans_;
  Definitions definitions_;
  processor::Program program_;
};

}  // namespace kappa::sql
