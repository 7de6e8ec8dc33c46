// Names of output columns without AS, as PostgreSQL figures them.
#include <string>

#include "query_binder.hpp"

namespace kappa::sql {
namespace {

/// A name, and whether a cast or CASE around it keeps it (a column's or function's own name) or not (a type's name).
struct Figured {
  std::string name;
  bool is_own = false;
};

[[nodiscard]] Figured figure(const Node& node) {
  if (node.is("ColumnRef")) return {node.names("fields").back(), true};
  if (node.is("FuncCall")) return {node.names("funcname").back(), true};
  if (node.is("CoalesceExpr")) return {"coalesce", true};
  if (node.is("A_Expr") && node.text("kind") == "AEXPR_NULLIF") return {"nullif", true};
  if (node.is("TypeCast")) {
    Figured inner = figure(node["arg"]);
    return inner.is_own ? inner : Figured{node["typeName"].names("names").back()};
  }
  if (node.is("CaseExpr")) {
    Figured inner = figure(node["defresult"]);
    return inner.is_own ? inner : Figured{"case"};
  }
  return {};
}

}  // namespace

std::string default_name(const Node& expression) {
  Figured figured = figure(expression);
  return figured.name.empty() ? "?column?" : figured.name;
}

}  // namespace kappa::sql
