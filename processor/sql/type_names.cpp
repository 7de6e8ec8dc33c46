// Names of types in the text to types, with the range of their modifiers.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "kappa/base/near_miss.hpp"
#include "refusals.hpp"
#include "sql_type.hpp"

namespace kappa::sql {
namespace {

constexpr std::int64_t kPrecisionMax = 38;
constexpr std::int64_t kVarcharMax = 10'485'760;

struct NamedType {
  std::string_view name;
  TypeKind kind;
};

/// After the grammar has turned the names of the SQL standard (INTEGER, DOUBLE PRECISION …) into PostgreSQL's own.
constexpr std::array kTypes{
    NamedType{"bool", TypeKind::boolean},        NamedType{"boolean", TypeKind::boolean},
    NamedType{"int4", TypeKind::integer},        NamedType{"int8", TypeKind::bigint},
    NamedType{"numeric", TypeKind::numeric},     NamedType{"float8", TypeKind::double_precision},
    NamedType{"text", TypeKind::text},           NamedType{"varchar", TypeKind::text},
    NamedType{"timestamp", TypeKind::timestamp}, NamedType{"date", TypeKind::date},
    NamedType{"interval", TypeKind::interval},
};

/// What people write, for near misses.
const std::vector<std::string> kSpellings{"boolean", "integer", "bigint",    "numeric", "decimal", "double precision",
                                          "text",    "varchar", "timestamp", "date",    "int",     "bool"};

[[nodiscard]] std::int64_t modifier(const Source& source, const Node& node, std::int64_t least, std::int64_t most,
                                    std::string_view what) {
  if (!node.is("A_Const") || !node.has("ival"))
    source.refuse(node.place(), fmt::format("{} must be an integer", what), "write a number");
  const std::int64_t value = integer_constant(source, node);
  if (value < least || value > most)
    source.refuse(
        node.place(), fmt::format("{} {} must be between {} and {}", what, value, least, most),
        most == kPrecisionMax ? "numbers have at most 38 digits in this version" : "choose one in that range");
  return value;
}

void set_numeric_modifiers(const Source& source, const std::vector<Node>& modifiers, Type& type) {
  if (modifiers.size() > 2)
    source.refuse(modifiers[2].place(), "invalid NUMERIC type modifier", "write numeric(precision, scale)");
  const std::int64_t precision = modifier(source, modifiers[0], 1, kPrecisionMax, "NUMERIC precision");
  const std::int64_t scale = modifiers.size() == 2 ? modifier(source, modifiers[1], 0, precision, "NUMERIC scale") : 0;
  type.precision = static_cast<std::int16_t>(precision);
  type.scale = static_cast<std::int16_t>(scale);
}

void set_modifiers(const Source& source, const Node& node, std::string_view name, Type& type) {
  const std::vector<Node>& modifiers = node.list("typmods");
  if (modifiers.empty() || type.kind == TypeKind::interval) return;
  if (type.kind == TypeKind::numeric) return set_numeric_modifiers(source, modifiers, type);
  if (name == "varchar" && modifiers.size() == 1) {
    type.max_length = static_cast<std::int32_t>(modifier(source, modifiers[0], 1, kVarcharMax, "length of varchar"));
    return;
  }
  source.refuse_unsupported(modifiers[0].place(), fmt::format("a modifier of type {}", type_name(type)),
                            fmt::format("write {} without it", type_name(type)));
}

[[noreturn]] void refuse_type(const Source& source, const Node& node, const std::string& name) {
  if (const NamedRefusal* refused = find_refusal(kRefusedTypes, name))
    source.refuse_unsupported(node.place(), fmt::format("type {}", refused->what), refused->hint);
  const std::string near = near_miss(name, kSpellings);
  source.refuse(node.place(), fmt::format("type \"{}\" does not exist", name),
                near.empty() ? std::string(kTypesHint) : fmt::format("did you mean {}?", near));
}

}  // namespace

Type bind_type(const Source& source, const Node& node) {
  const std::vector<std::string> names = node.names("names");
  const std::string name = names.empty() ? "" : names.back();
  if (names.size() > 1 && names.front() != "pg_catalog")
    source.refuse_unsupported(node.place(), fmt::format("a schema ({}.{})", names.front(), name));
  if (node.has("arrayBounds")) source.refuse_unsupported(node.place(), "an array type", kTypesHint);
  if (node.has("setof") || node.has("pct_type")) source.refuse_unsupported(node.place(), "SETOF or %TYPE", kTypesHint);
  const auto found = std::find_if(kTypes.begin(), kTypes.end(), [&](const NamedType& t) { return t.name == name; });
  if (found == kTypes.end()) refuse_type(source, node, name);
  Type type{found->kind};
  set_modifiers(source, node, name, type);
  return type;
}

}  // namespace kappa::sql
