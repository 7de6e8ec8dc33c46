// Casts: the frequent ones as loops over columns, the rest a value at a time through cast_value().
#include <cstdint>

#include "expression/functions.hpp"

namespace kappa::processor {
namespace {

bool is_plain(const Type& type) {
  return type.precision < 0 && type.max_length < 0;
}

template <typename From, typename To, typename F>
ColumnPointer convert_all(TypeKind kind, const Arguments& arguments, F convert) {
  auto result = strict_result(kind, arguments);
  const auto& from = arguments.columns[0]->as<From>();
  auto& values = result->template as<To>();
  for_live(*result, arguments.rows, [&](std::size_t row) { values[row] = convert(from[row]); });
  return result;
}

/// A widening of integers, which cannot fail; null where this is none.
template <typename From>
ColumnPointer widen(const Type& to, const Arguments& arguments) {
  switch (to.kind) {
    case TypeKind::bigint:
      return convert_all<From, std::int64_t>(to.kind, arguments, [](From value) { return std::int64_t{value}; });
    case TypeKind::numeric:
      return convert_all<From, Numeric>(to.kind, arguments, [](From value) { return Numeric{value}; });
    case TypeKind::double_precision:
      return convert_all<From, double>(to.kind, arguments, [](From value) { return static_cast<double>(value); });
    default:
      return nullptr;
  }
}

/// Numbers, dates and timestamps as text.
ColumnPointer to_text(const Arguments& arguments) {
  auto result = strict_result(TypeKind::text, arguments);
  auto& values = result->as<std::string_view>();
  TextArena arena;
  std::string text;
  const auto print = [&](const auto& from, auto format) {
    for_live(*result, arguments.rows, [&](std::size_t row) {
      text.clear();
      format(from[row], text);
      values[row] = arena.copy(text);
    });
  };
  const Column& from = *arguments.columns[0];
  switch (from.kind) {
    case TypeKind::integer:
      print(from.as<std::int32_t>(), format_integer);
      break;
    case TypeKind::bigint:
      print(from.as<std::int64_t>(), format_integer);
      break;
    case TypeKind::numeric:
      print(from.as<Numeric>(), format_numeric);
      break;
    case TypeKind::double_precision:
      print(from.as<double>(), format_double);
      break;
    case TypeKind::timestamp:
      print(from.as<std::int64_t>(), format_timestamp);
      break;
    case TypeKind::date:
      print(from.as<std::int32_t>(), format_date);
      break;
    default:
      return nullptr;
  }
  if (arena.memory()) result->memory.push_back(arena.memory());
  return result;
}

template <typename T, typename Parse>
ColumnPointer parse_all(TypeKind kind, const Arguments& arguments, Parse parse) {
  auto result = strict_result(kind, arguments);
  const auto& from = arguments.columns[0]->as<std::string_view>();
  auto& values = result->template as<T>();
  for_live(*result, arguments.rows, [&](std::size_t row) { store(*result, values, row, parse(from[row])); });
  return result;
}

ColumnPointer from_text(const Type& to, const Arguments& arguments) {
  switch (to.kind) {
    case TypeKind::integer:
      return parse_all<std::int32_t>(to.kind, arguments, parse_integer);
    case TypeKind::bigint:
      return parse_all<std::int64_t>(to.kind, arguments, parse_bigint);
    case TypeKind::double_precision:
      return parse_all<double>(to.kind, arguments, parse_double);
    case TypeKind::timestamp:
      return parse_all<std::int64_t>(to.kind, arguments, parse_timestamp);
    case TypeKind::date:
      return parse_all<std::int32_t>(to.kind, arguments, parse_date);
    default:
      return nullptr;
  }
}

ColumnPointer frequent_cast(const Type& from, const Type& to, const Arguments& arguments) {
  if (!is_plain(to)) return nullptr;
  if (from.kind == to.kind) return arguments.columns[0];
  if (from.kind == TypeKind::integer && to.kind != TypeKind::text) return widen<std::int32_t>(to, arguments);
  if (from.kind == TypeKind::bigint && to.kind != TypeKind::text) return widen<std::int64_t>(to, arguments);
  if (to.kind == TypeKind::text) return to_text(arguments);
  if (from.kind == TypeKind::text) return from_text(to, arguments);
  return nullptr;
}

}  // namespace

ColumnPointer evaluate_cast(const Expression& node, const Arguments& arguments) {
  const Type& from = node.args[0]->type;
  if (ColumnPointer done = frequent_cast(from, node.type, arguments); done) return done;
  auto result = strict_result(node.type.kind, arguments);
  TextArena arena;
  for_live(*result, arguments.rows, [&](std::size_t row) {
    const Scalar<Value> cast = cast_value(value_at(*arguments.columns[0], row), from, node.type);
    if (cast)
      store_value(*result, row, *cast, arena);
    else
      add_error(*result, row, arguments.rows, std::make_shared<const RowError>(cast.error()));
  });
  if (arena.memory()) result->memory.push_back(arena.memory());
  return result;
}

}  // namespace kappa::processor
