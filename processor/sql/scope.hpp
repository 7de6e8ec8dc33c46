#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "plan_builder.hpp"

namespace kappa::sql {

/// The names that expressions see: the one relation in FROM, under its alias. Lives as long as its query is bound.
class Scope {
 public:
  /// A query over `relation`, known as `alias`.
  Scope(const Source& source, Relation relation, std::string alias)
      : source_(source), relation_(std::move(relation)), alias_(std::move(alias)) {}

  [[nodiscard]] const Relation& relation() const { return relation_; }
  [[nodiscard]] const std::string& alias() const { return alias_; }

  /// The index of a column that a ColumnRef names (`x`, `t.x`). Refuses unknown and ambiguous ones.
  [[nodiscard]] std::uint32_t resolve(const Node& column_ref) const;
  /// Whether a bare name is a column here.
  [[nodiscard]] bool has_column(std::string_view name) const;
  /// Refuses a qualifier that is not the alias.
  void check_alias(std::string_view qualifier, int place) const;

 private:
  const Source& source_;
  Relation relation_;
  std::string alias_;
};

}  // namespace kappa::sql
