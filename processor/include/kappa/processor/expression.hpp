#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "kappa/processor/type.hpp"
#include "kappa/processor/value.hpp"

namespace kappa::processor {

/// What an expression node does. Argument types are exact: whoever builds the tree inserts the casts, so that
/// `add` on (integer, bigint) never occurs. Every function is strict (a NULL argument gives NULL, an error gives the
/// error) unless its comment says otherwise.
enum class Op : std::uint8_t {
  column,   ///< `index` into the input's columns.
  literal,  ///< `value`.
  cast,     ///< args[0] to `type` (explicit or implicit; assignment of numeric(p,s) and varchar(n) by explicit rules).
  // Arithmetic; both arguments and the result have one type of integer, bigint, numeric, double precision, but for:
  add,       ///< also timestamp + interval, date + integer -> date, date + interval -> timestamp
  subtract,  ///< also timestamp - interval, date - integer -> date, date - date -> integer, date - interval ->
             ///< timestamp
  multiply,
  divide,
  modulo,
  negate,
  absolute,
  // Comparison of two equal types -> boolean.
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  is_distinct,      ///< never NULL, not strict; errors pass
  is_not_distinct,  ///< likewise
  // Logic, three-valued. Not strict: false AND error is false, true OR error is true, else an error wins over NULL.
  logical_and,
  logical_or,  ///< two or more arguments, in no order
  logical_not,
  is_null,
  is_not_null,  ///< never NULL; errors pass
  is_true,
  is_not_true,
  is_false,
  is_not_false,  ///< never NULL; errors pass
  in_list,       ///< args[0] IN (args[1..]): as OR of equal
  case_when,     ///< args = (condition, result)* , else; lazy: what is not reached is not evaluated
  coalesce,      ///< lazy
  null_if,       ///< args[0] where it does not equal args[1], else NULL; NULL args[1] gives args[0]
  // Text.
  like,  ///< (text, pattern [, escape]); default escape is a backslash
  lower,
  upper,
  length,
  concat,      ///< concat is ||, two texts
  substring,   ///< (text, from [, for]) in characters
  split_part,  ///< (text, delimiter, n)
  // Time.
  date_trunc,  ///< (field text, timestamp)
  extract,     ///< (field text, timestamp or date) -> numeric
};

struct Expression;
using ExpressionPointer = std::shared_ptr<const Expression>;  // Shared: trees are immutable and plans share subtrees.

/// A bound scalar expression: no names, no positions, exact types. Immutable once built.
struct Expression {
  Op op = Op::literal;
  Type type;
  std::vector<ExpressionPointer> args = {};
  std::uint32_t index = 0;  ///< of a column
  Value value = {};         ///< of a literal
};

}  // namespace kappa::processor
