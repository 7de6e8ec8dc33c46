#pragma once
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "kappa/processor/expression.hpp"
#include "source.hpp"
#include "sql_type.hpp"

namespace kappa::sql {

using processor::Expression;
using processor::ExpressionPointer;
using processor::Op;
using processor::Value;

/// An expression that has its type, and where it stands in the text. While `kind` is unknown it is a literal, a string
/// or NULL, whose type its context has yet to decide (it is text until then).
struct Bound {
  ExpressionPointer expression;
  Kind kind = Kind::unknown;
  int place = -1;
  std::uint32_t weight = 1;  ///< Nodes of the tree, shared ones counted each time.

  [[nodiscard]] const Type& type() const { return expression->type; }
};

/// Nodes of one expression: what is shared in memory costs time again wherever it is evaluated or printed.
inline constexpr std::uint32_t kWeightMax = 100'000;

/// Makes bound expressions and changes their types, by PostgreSQL's rules. Everything that goes into a plan is made
/// here, so that types are exact as kappa/processor/expression.hpp wants them.
class Builder {
 public:
  explicit Builder(const Source& source) : source_(source) {}

  [[nodiscard]] const Source& source() const { return source_; }

  [[nodiscard]] Bound literal(Value value, Type type, int place) const;
  [[nodiscard]] Bound unknown(Value value, int place) const;
  [[nodiscard]] Bound column(std::uint32_t index, Type type, int place) const;
  /// A node over arguments whose types are right already.
  [[nodiscard]] Bound call(Op op, Type type, std::vector<Bound> args, int place) const;

  /// Changes the type without being told to: the caller knows that casts_implicitly. A literal of unknown type is read
  /// as the target and refused at its place if it is none.
  [[nodiscard]] Bound coerce(const Bound& value, const Type& target) const;
  /// CAST: refused where PostgreSQL has no such cast.
  [[nodiscard]] Bound cast(const Bound& value, const Type& target, int place) const;
  /// To boolean, for `what` (WHERE, AND …), or the refusal that PostgreSQL gives.
  [[nodiscard]] Bound condition(const Bound& value, std::string_view what) const;
  /// unknown becomes text; everything else is as it was.
  [[nodiscard]] Bound decided(const Bound& value) const;

  /// The type that CASE, COALESCE, IN or UNION gives values of these types (select_common_type); `what` is for the
  /// refusal if there is none.
  [[nodiscard]] Type common_type(const std::vector<Bound>& values, std::string_view what) const;
  /// Likewise; false where there is none.
  [[nodiscard]] bool have_common_type(const std::vector<Bound>& values) const;

 private:
  [[nodiscard]] Bound converted(const Bound& value, const Type& target) const;
  [[nodiscard]] Bound parsed(const Bound& literal, const Type& target) const;

  const Source& source_;
};

/// True if the two trees are the same expression, as GROUP BY compares them.
[[nodiscard]] bool same_expression(const Expression& a, const Expression& b);

}  // namespace kappa::sql
