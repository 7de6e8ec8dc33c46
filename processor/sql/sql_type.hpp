#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kappa/processor/type.hpp"
#include "parse_tree.hpp"
#include "source.hpp"

namespace kappa::sql {

using processor::Type;
using processor::TypeKind;

/// TypeKind (same order), and what only the rules of typing know: timestamptz takes part in the choice of overloads and
/// is refused when chosen; unknown is the type of a bare string or NULL until its context decides.
enum class Kind : std::uint8_t {
  boolean,
  integer,
  bigint,
  numeric,
  double_precision,
  text,
  timestamp,
  date,
  interval,
  timestamptz,
  unknown
};

[[nodiscard]] Kind kind_of(TypeKind kind);
/// Of a kind that has one: neither timestamptz nor unknown.
[[nodiscard]] Type type_of(Kind kind);
[[nodiscard]] std::string kind_name(Kind kind);

/// PostgreSQL's type categories (pg_type.typcategory) and their preferred types.
[[nodiscard]] char category(Kind kind);
[[nodiscard]] bool is_preferred(Kind kind);
/// Whether a value changes its type without being told to (pg_cast: implicit). unknown becomes anything.
[[nodiscard]] bool casts_implicitly(Kind from, Kind to);
/// Whether CAST takes it there.
[[nodiscard]] bool casts_explicitly(Kind from, Kind to);

/// The type that a TypeName names. Refuses unknown ones, those that this version lacks, and modifiers out of range.
[[nodiscard]] Type bind_type(const Source& source, const Node& type_name);

}  // namespace kappa::sql
