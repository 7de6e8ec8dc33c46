#pragma once
#include <initializer_list>
#include <span>
#include <string_view>

#include "parse_tree.hpp"
#include "source.hpp"

namespace kappa::sql {

/// Something that PostgreSQL has and this version has not: its name in the parse tree (a function, a type, a node's
/// kind or field, an option), what to call it, and what to do instead.
struct NamedRefusal {
  std::string_view name;
  std::string_view what;
  std::string_view hint;
};

inline constexpr std::string_view kTypesHint =
    "types: boolean, integer, bigint, numeric, double precision, text, varchar, timestamp, date";
inline constexpr std::string_view kIntervalsHint =
    "intervals are literals, added to a timestamp or subtracted from one; extract(epoch FROM t) gives seconds";
inline constexpr std::string_view kNoClockHint =
    "a view depends on recorded time only: use _append_time, the time at which the event was appended";

extern const std::span<const NamedRefusal> kRefusedTypes;
extern const std::span<const NamedRefusal> kRefusedFunctions;
extern const std::span<const NamedRefusal> kRefusedExpressions;   ///< By kind of node.
extern const std::span<const NamedRefusal> kRefusedSelectFields;  ///< Fields of SelectStmt.
extern const std::span<const NamedRefusal> kRefusedFields;        ///< Fields of other nodes.
extern const std::span<const NamedRefusal> kRefusedConstraints;   ///< By contype.
extern const std::span<const NamedRefusal> kRefusedOptions;       ///< Of WITH (…).
extern const std::span<const NamedRefusal> kRefusedStatements;    ///< By kind of node.

/// The entry of that name, or null.
[[nodiscard]] const NamedRefusal* find_refusal(std::span<const NamedRefusal> table, std::string_view name);

/// Refuses the node if it has a field that is not `allowed`, by that field's name in `table`: what nobody reads must
/// not be ignored.
void check_fields(const Source& source, const Node& node, std::initializer_list<std::string_view> allowed,
                  std::span<const NamedRefusal> table = kRefusedFields);

}  // namespace kappa::sql
