#pragma once
#include <array>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kappa/processor/expression.hpp"
#include "kappa/processor/plan.hpp"
#include "sql_type.hpp"

namespace kappa::sql {

/// What becomes of the arguments of a signature.
enum class Form : std::uint8_t {
  plain,
  swapped,   ///< integer + date: the arguments change places.
  negated,   ///< NOT LIKE: the negation of `op`.
  identity,  ///< + x: the argument itself.
  refused    ///< PostgreSQL has it, and it takes part in the choice; this version has not.
};

/// One overload of an operator, function or aggregate. `args` has `arity` kinds.
struct Signature {
  std::string_view name;
  std::array<Kind, 3> args;
  std::uint8_t arity;
  Kind result;
  processor::Op op = processor::Op::literal;
  Form form = Form::plain;
  processor::AggregateFunction aggregate = processor::AggregateFunction::count_rows;
};

/// The overloads of that name, in tables (signatures.cpp); empty if there is none.
[[nodiscard]] std::vector<const Signature*> operators_named(std::string_view name, std::size_t arity);
[[nodiscard]] std::vector<const Signature*> functions_named(std::string_view name);
[[nodiscard]] std::vector<const Signature*> aggregates_named(std::string_view name);
/// All names of functions and aggregates, for near misses.
[[nodiscard]] std::vector<std::string> function_names();

enum class NoChoice : std::uint8_t { none_fits, several_fit };

/// PostgreSQL's choice among overloads for arguments of these kinds (chapter "Type Conversion" of its manual).
[[nodiscard]] std::expected<const Signature*, NoChoice> choose_function(std::span<const Signature* const> candidates,
                                                                        std::span<const Kind> args);
/// Likewise for operators, where a single unknown argument first takes the other's type.
[[nodiscard]] std::expected<const Signature*, NoChoice> choose_operator(std::span<const Signature* const> candidates,
                                                                        std::span<const Kind> args);

}  // namespace kappa::sql
