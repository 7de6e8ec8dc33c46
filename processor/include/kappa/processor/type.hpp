#pragma once
#include <cstdint>
#include <string>

namespace kappa::processor {

/// The SQL types of this version. `interval` occurs as a literal only; `unknown` is the type of a bare NULL before
/// binding decides and never reaches a column of a view.
enum class TypeKind : std::uint8_t {
  boolean,
  integer,
  bigint,
  numeric,
  double_precision,
  text,
  timestamp,
  date,
  interval
};

/// A type with its modifiers. numeric(p, s) has precision and scale; varchar(n) has max_length; -1 means none.
struct Type {
  TypeKind kind = TypeKind::text;
  std::int16_t precision = -1;
  std::int16_t scale = -1;
  std::int32_t max_length = -1;
  friend bool operator==(const Type&, const Type&) = default;
};

/// The type as PostgreSQL writes it: `bigint`, `numeric(10,2)`, `character varying(20)`, `timestamp without time zone`.
[[nodiscard]] std::string type_name(const Type& type);

}  // namespace kappa::processor
