// Random trees over random rows: a batch is its rows one by one, and the order of conjuncts cannot be seen.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "expressions.hpp"
#include "random_json.hpp"

namespace kappa::test {
namespace {

constexpr std::size_t kRows = 40;

class RandomTrees {
 public:
  explicit RandomTrees(std::uint64_t seed) : random_(seed) {}
  std::size_t below(std::size_t bound) { return random_() % bound; }

  /// Columns: integer, integer, text, boolean; each with NULLs.
  Batch rows() {
    static constexpr std::array<std::string_view, 5> kTexts{"", "a", "12", "b%", "é"};
    Batch batch;
    batch.rows = kRows;
    for (const TypeKind kind : {TypeKind::integer, TypeKind::integer, TypeKind::text, TypeKind::boolean}) {
      Column values = processor::make_column(kind, kRows);
      values.nulls.resize(kRows);
      for (std::size_t row = 0; row < kRows; ++row) {
        if (below(5) == 0) values.nulls[row] = 1;
        if (kind == TypeKind::integer) values.as<std::int32_t>()[row] = static_cast<std::int32_t>(below(5)) - 2;
        if (kind == TypeKind::text) values.as<std::string_view>()[row] = kTexts[below(kTexts.size())];
        if (kind == TypeKind::boolean) values.as<std::uint8_t>()[row] = below(2) == 0 ? 1 : 0;
      }
      batch.columns.push_back(std::make_shared<const Column>(std::move(values)));
    }
    return batch;
  }

  ExpressionPointer condition(int depth) {
    if (depth == 0) return column(3, kBoolean);
    switch (below(7)) {
      case 0:
        return call(Op::logical_not, kBoolean, {condition(depth - 1)});
      case 1:
        return call(Op::less, kBoolean, {number(depth - 1), number(depth - 1)});
      case 2:
        return call(Op::in_list, kBoolean, {number(depth - 1), integer(1), null(kInteger), integer(-1)});
      case 3:
        return call(Op::is_distinct, kBoolean, {string(depth - 1), string(depth - 1)});
      case 4:
        return call(Op::is_not_true, kBoolean, {condition(depth - 1)});
      default:
        return connective(below(2) == 0 ? Op::logical_and : Op::logical_or, depth);
    }
  }
  ExpressionPointer connective(Op op, int depth) {
    return call(op, kBoolean, {condition(depth - 1), condition(depth - 1), condition(depth - 1)});
  }
  ExpressionPointer number(int depth) {
    if (depth == 0) return column(static_cast<std::uint32_t>(below(2)), kInteger);
    static constexpr std::array kOps{Op::add, Op::divide, Op::modulo, Op::multiply, Op::null_if, Op::coalesce};
    switch (below(4)) {
      case 0:
        return call(Op::case_when, kInteger, {condition(depth - 1), number(depth - 1), number(depth - 1)});
      case 1:
        return call(Op::cast, kInteger, {string(depth - 1)});
      default:
        return call(kOps[below(kOps.size())], kInteger, {number(depth - 1), number(depth - 1)});
    }
  }
  ExpressionPointer string(int depth) {
    if (depth == 0) return column(2, kText);
    switch (below(4)) {
      case 0:
        return call(Op::concat, kText, {string(depth - 1), string(depth - 1)});
      case 1:
        return call(Op::substring, kText, {string(depth - 1), number(depth - 1), number(depth - 1)});
      case 2:
        return call(Op::split_part, kText, {string(depth - 1), text("a"), number(depth - 1)});
      default:
        return call(Op::coalesce, kText, {string(depth - 1), text("z")});
    }
  }
  ExpressionPointer permuted(const ExpressionPointer& node) {
    Expression copy = *node;
    for (ExpressionPointer& argument : copy.args) argument = permuted(argument);
    if (copy.op == Op::logical_and || copy.op == Op::logical_or) std::ranges::shuffle(copy.args, random_);
    return std::make_shared<const Expression>(std::move(copy));
  }

 private:
  std::mt19937_64 random_;
};

std::vector<std::string> row_by_row(const Expression& expression, const Batch& batch) {
  std::vector<std::string> all;
  for (std::uint32_t row = 0; row < batch.rows; ++row)
    all.push_back(shown(*processor::evaluate(expression, processor::gather(batch, {row})), 0));
  return all;
}

TEST(Evaluate, BatchEqualsItsRowsAlone) {
  RandomTrees random(seed_of_run());
  for (int i = 0; i < 300; ++i) {
    const Batch batch = random.rows();
    const ExpressionPointer tree = i % 2 == 0 ? random.condition(5) : random.string(5);
    ASSERT_EQ(shown(processor::evaluate(*tree, batch), kRows), row_by_row(*tree, batch));
  }
}

TEST(Evaluate, PermutedConjunctsChangeNothing) {
  RandomTrees random(seed_of_run());
  for (int i = 0; i < 300; ++i) {
    const Batch batch = random.rows();
    const ExpressionPointer tree = random.connective(i % 2 == 0 ? Op::logical_and : Op::logical_or, 4);
    ASSERT_EQ(shown(processor::evaluate(*tree, batch), kRows),
              shown(processor::evaluate(*random.permuted(tree), batch), kRows));
  }
}

}  // namespace
}  // namespace kappa::test
