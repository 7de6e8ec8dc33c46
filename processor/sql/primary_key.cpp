// PRIMARY KEY, at a column or after the columns.
#include "primary_key.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "kappa/base/near_miss.hpp"
#include "refusals.hpp"

namespace kappa::sql {
namespace {

using processor::TableDefinition;
using processor::TypeKind;

constexpr std::string_view kPlainHint = "write PRIMARY KEY (a, b) alone";
constexpr NamedRefusal kRefusedKeyFields[] = {
    {"including", "INCLUDE", kPlainHint},
    {"options", "WITH (…) of a constraint", kPlainHint},
    {"indexspace", "USING INDEX TABLESPACE", kPlainHint},
    {"deferrable", "DEFERRABLE", kPlainHint},
    {"initdeferred", "INITIALLY DEFERRED", kPlainHint},
};

struct Declared {
  const Node* constraint = nullptr;
  std::vector<std::string> columns;
};

[[nodiscard]] std::vector<Declared> find_declared(const std::vector<Node>& elements) {
  std::vector<Declared> found;
  for (const Node& element : elements) {
    if (is_primary_key(element)) found.push_back({&element, element.names("keys")});
    for (const Node& constraint : element.list("constraints"))
      if (is_primary_key(constraint)) found.push_back({&constraint, {std::string(element.text("colname"))}});
  }
  return found;
}

[[nodiscard]] std::uint32_t find_column(const Source& source, const TableDefinition& table, const std::string& name,
                                        int place) {
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].name == name) return i;
    names.push_back(table.columns[i].name);
  }
  const std::string near = near_miss(name, names);
  source.refuse(place, fmt::format("column \"{}\" named in key does not exist", name),
                near.empty() ? std::string("name columns of the table") : fmt::format("did you mean {}?", near));
}

/// 1.0 and 1.00 are one key and two texts, and so are 0 and -0.
[[nodiscard]] bool has_one_text(const processor::Type& type) {
  return type.kind != TypeKind::double_precision && (type.kind != TypeKind::numeric || type.scale >= 0);
}

}  // namespace

bool is_primary_key(const Node& constraint) {
  return constraint.is("Constraint") && constraint.text("contype") == "CONSTR_PRIMARY";
}

void bind_primary_key(const Source& source, const std::vector<Node>& elements, TableDefinition& table) {
  const std::vector<Declared> declared = find_declared(elements);
  if (declared.empty()) return;
  if (declared.size() > 1)
    source.refuse(declared[1].constraint->place(),
                  fmt::format("multiple primary keys for table \"{}\" are not allowed", table.name),
                  "for a key of several columns write PRIMARY KEY (a, b) after the columns");
  const int place = declared.front().constraint->place();
  check_fields(source, *declared.front().constraint, {"contype", "conname", "keys", "location"}, kRefusedKeyFields);
  for (const std::string& name : declared.front().columns) {
    const std::uint32_t column = find_column(source, table, name, place);
    if (std::ranges::find(table.primary_key, column) != table.primary_key.end())
      source.refuse(place, fmt::format("column \"{}\" appears twice in primary key constraint", name), "name it once");
    processor::Field& field = table.columns[column];
    if (!has_one_text(field.type))
      source.refuse_unsupported(
          place, fmt::format("PRIMARY KEY of type {} (column \"{}\")", type_name(field.type), name),
          "events are found by the key's text, and equal values have several; use numeric(p, s), bigint or text");
    field.not_null = true;
    table.primary_key.push_back(column);
  }
}

}  // namespace kappa::sql
