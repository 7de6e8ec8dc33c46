// ORDER BY. A view is a multiset; its order is for printing only, so a sort key must be computable from the view's own
// columns: an expression is bound over the source and its parts are then found among the SELECT list.
#include "order_by.hpp"

#include <fmt/format.h>

#include "refusals.hpp"

namespace kappa::sql {
namespace {

using processor::SortKey;

constexpr std::string_view kSelectIt = "add the expression to the SELECT list and order by its name";

class OutputRewriter {
 public:
  OutputRewriter(const Builder& builder, const std::vector<Target>& targets, int place)
      : builder_(builder), targets_(targets), place_(place) {}

  [[nodiscard]] ExpressionPointer rewrite(const ExpressionPointer& expression) const {
    if (expression->op == Op::literal) return expression;
    for (std::size_t i = 0; i < targets_.size(); ++i)
      if (same_expression(*targets_[i].value.expression, *expression))
        return builder_.column(static_cast<std::uint32_t>(i), expression->type, place_).expression;
    if (expression->op == Op::column)
      builder_.source().refuse_unsupported(place_, "ORDER BY what the view does not show", kSelectIt);
    Expression copy = *expression;
    for (ExpressionPointer& arg : copy.args) arg = rewrite(arg);
    return std::make_shared<const Expression>(std::move(copy));
  }

 private:
  const Builder& builder_;
  const std::vector<Target>& targets_;
  int place_;
};

[[nodiscard]] ExpressionPointer bind_expression(const Builder& builder, const Node& node,
                                                const std::vector<Target>& targets, ExpressionBinder* binder) {
  if (const Target* target = find_target(builder.source(), node, targets, "ORDER BY"))
    return builder.column(static_cast<std::uint32_t>(target - targets.data()), target->value.type(), node.place())
        .expression;
  if (binder == nullptr)
    builder.source().refuse(node.place(), "invalid UNION ORDER BY clause",
                            "only names and positions of result columns may stand there");
  const Bound bound = binder->bind(node, Clause::order_by);
  return OutputRewriter(builder, targets, node.place()).rewrite(builder.decided(bound).expression);
}

}  // namespace

std::vector<SortKey> bind_order_by(const Builder& builder, const std::vector<Node>& clause,
                                   const std::vector<Target>& targets, ExpressionBinder* binder) {
  std::vector<SortKey> keys;
  for (const Node& sort : clause) {
    check_fields(builder.source(), sort, {"node", "sortby_dir", "sortby_nulls", "location"});
    SortKey key;
    key.expression = bind_expression(builder, sort["node"], targets, binder);
    key.descending = sort.text("sortby_dir") == "SORTBY_DESC";
    const std::string_view nulls = sort.text("sortby_nulls");
    key.nulls_first = nulls == "SORTBY_NULLS_DEFAULT" ? key.descending : nulls == "SORTBY_NULLS_FIRST";
    keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace kappa::sql
