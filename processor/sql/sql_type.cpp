// PostgreSQL's facts about the types of this version: categories, preferred types, casts (pg_type, pg_cast).
#include "sql_type.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace kappa::sql {
namespace {

using enum Kind;
using Cast = std::pair<Kind, Kind>;

constexpr std::array kImplicitCasts{
    Cast{integer, bigint}, Cast{integer, numeric},         Cast{integer, double_precision},
    Cast{bigint, numeric}, Cast{bigint, double_precision}, Cast{numeric, double_precision},
    Cast{date, timestamp}, Cast{date, timestamptz},        Cast{timestamp, timestamptz},
};

/// Beside the implicit ones, and those from and to text, which always exist.
constexpr std::array kExplicitCasts{
    Cast{boolean, integer},         Cast{integer, boolean},          Cast{bigint, integer},
    Cast{numeric, integer},         Cast{numeric, bigint},           Cast{double_precision, integer},
    Cast{double_precision, bigint}, Cast{double_precision, numeric}, Cast{timestamp, date},
};

template <typename Casts>
[[nodiscard]] bool contains(const Casts& casts, Kind from, Kind to) {
  return std::find(casts.begin(), casts.end(), Cast{from, to}) != casts.end();
}

}  // namespace

Kind kind_of(TypeKind kind) {
  return static_cast<Kind>(kind);
}

static_assert(static_cast<int>(Kind::interval) == static_cast<int>(TypeKind::interval), "Kind continues TypeKind");

Type type_of(Kind kind) {
  return {static_cast<TypeKind>(kind)};
}

std::string kind_name(Kind kind) {
  if (kind == unknown) return "unknown";
  if (kind == timestamptz) return "timestamp with time zone";
  return type_name(type_of(kind));
}

char category(Kind kind) {
  switch (kind) {
    case boolean:
      return 'B';
    case text:
      return 'S';
    case timestamp:
    case date:
    case timestamptz:
      return 'D';
    case interval:
      return 'T';
    case unknown:
      return 'X';
    default:
      return 'N';
  }
}

bool is_preferred(Kind kind) {
  return kind == boolean || kind == double_precision || kind == text || kind == timestamptz || kind == interval;
}

bool casts_implicitly(Kind from, Kind to) {
  return from == to || from == unknown || contains(kImplicitCasts, from, to);
}

bool casts_explicitly(Kind from, Kind to) {
  if (casts_implicitly(from, to) || contains(kExplicitCasts, from, to)) return true;
  return (from == text || to == text) && from != interval && to != interval;
}

}  // namespace kappa::sql
