// Functions of text. Lengths and positions count characters; letters are ASCII's (locale C).
//
// Results that are parts of an argument are views into its memory; the others are written to an arena.
#include <algorithm>
#include <cstdint>

#include "expression/functions.hpp"
#include "kappa/base/assert.hpp"
#include "kappa/base/utf8.hpp"

namespace kappa::processor {
namespace {

using Text = std::string_view;
using Texts = std::vector<std::string_view>;

/// PostgreSQL's substring: positions from 1, those before the first count too.
Scalar<Text> substring(Text text, std::int64_t from, std::int64_t length) {
  if (length < 0) return std::unexpected(*make_error("22011", "negative substring length not allowed"));
  const std::int64_t begin = std::max<std::int64_t>(from, 1);
  const std::int64_t end = from + length;
  if (end <= begin) return Text{};
  const Text rest = skip_characters(text, static_cast<std::size_t>(begin - 1));
  const Text behind = skip_characters(rest, static_cast<std::size_t>(end - begin));
  return rest.substr(0, rest.size() - behind.size());
}

/// The nth field from the front, n >= 1; empty if there are fewer.
Text field_from_front(Text text, Text delimiter, std::int64_t n) {
  while (true) {
    const std::size_t found = text.find(delimiter);
    if (n == 1) return text.substr(0, found);
    if (found == Text::npos) return {};
    text.remove_prefix(found + delimiter.size());
    --n;
  }
}

/// Delimiters that do not overlap, found from the front as PostgreSQL finds them.
std::int64_t count_fields(Text text, Text delimiter) {
  std::int64_t fields = 1;
  for (std::size_t at = text.find(delimiter); at != Text::npos; at = text.find(delimiter, at + delimiter.size()))
    ++fields;
  return fields;
}

Scalar<Text> split_part(Text text, Text delimiter, std::int64_t n) {
  if (n == 0) return std::unexpected(*make_error("22023", "field position must not be zero"));
  if (text.empty()) return Text{};
  if (delimiter.empty()) return n == 1 || n == -1 ? text : Text{};
  const std::int64_t position = n > 0 ? n : count_fields(text, delimiter) + 1 + n;
  return position > 0 ? field_from_front(text, delimiter, position) : Text{};
}

void hold_arguments(Column& result, const Arguments& arguments) {
  for (const ColumnPointer& argument : arguments.columns)
    if (argument->kind == TypeKind::text) hold_memory(result, *argument);
}

ColumnPointer evaluate_substring(const Arguments& arguments) {
  constexpr std::int64_t kToTheEnd = std::int64_t{1} << 40;
  auto result = strict_result(TypeKind::text, arguments);
  hold_arguments(*result, arguments);
  const auto& texts = arguments.columns[0]->as<Text>();
  const auto& from = arguments.columns[1]->as<std::int32_t>();
  const auto* lengths = arguments.columns.size() > 2 ? &arguments.columns[2]->as<std::int32_t>() : nullptr;
  auto& values = result->as<Text>();
  for_live(*result, arguments.rows, [&](std::size_t row) {
    store(*result, values, row, substring(texts[row], from[row], lengths != nullptr ? (*lengths)[row] : kToTheEnd));
  });
  return result;
}

ColumnPointer evaluate_split_part(const Arguments& arguments) {
  auto result = strict_result(TypeKind::text, arguments);
  hold_arguments(*result, arguments);
  const auto& texts = arguments.columns[0]->as<Text>();
  const auto& delimiters = arguments.columns[1]->as<Text>();
  const auto& positions = arguments.columns[2]->as<std::int32_t>();
  auto& values = result->as<Text>();
  for_live(*result, arguments.rows, [&](std::size_t row) {
    store(*result, values, row, split_part(texts[row], delimiters[row], positions[row]));
  });
  return result;
}

ColumnPointer evaluate_length(const Arguments& arguments) {
  auto result = strict_result(TypeKind::integer, arguments);
  const auto& texts = arguments.columns[0]->as<Text>();
  auto& values = result->as<std::int32_t>();
  for_live(*result, arguments.rows,
           [&](std::size_t row) { values[row] = static_cast<std::int32_t>(count_characters(texts[row])); });
  return result;
}

ColumnPointer evaluate_concat(const Arguments& arguments) {
  auto result = strict_result(TypeKind::text, arguments);
  const auto& first = arguments.columns[0]->as<Text>();
  const auto& second = arguments.columns[1]->as<Text>();
  auto& values = result->as<Text>();
  TextArena arena;
  for_live(*result, arguments.rows, [&](std::size_t row) {
    char* const to = arena.reserve(first[row].size() + second[row].size());
    std::ranges::copy(second[row], std::ranges::copy(first[row], to).out);
    values[row] = arena.commit(first[row].size() + second[row].size());
  });
  if (arena.memory()) result->memory.push_back(arena.memory());
  return result;
}

char swap_case(char c, char first, char last) {
  return c >= first && c <= last ? static_cast<char>(c ^ 0x20) : c;
}

ColumnPointer evaluate_letter_case(const Arguments& arguments, char first, char last) {
  auto result = strict_result(TypeKind::text, arguments);
  const auto& texts = arguments.columns[0]->as<Text>();
  auto& values = result->as<Text>();
  TextArena arena;
  for_live(*result, arguments.rows, [&](std::size_t row) {
    std::ranges::transform(texts[row], arena.reserve(texts[row].size()),
                           [=](char c) { return swap_case(c, first, last); });
    values[row] = arena.commit(texts[row].size());
  });
  if (arena.memory()) result->memory.push_back(arena.memory());
  return result;
}

}  // namespace

ColumnPointer evaluate_text(const Expression& node, const Arguments& arguments) {
  switch (node.op) {
    case Op::lower:
      return evaluate_letter_case(arguments, 'A', 'Z');
    case Op::upper:
      return evaluate_letter_case(arguments, 'a', 'z');
    case Op::length:
      return evaluate_length(arguments);
    case Op::concat:
      return evaluate_concat(arguments);
    case Op::substring:
      return evaluate_substring(arguments);
    default:
      KAPPA_ASSERT(node.op == Op::split_part, "an Op without an evaluation");
      return evaluate_split_part(arguments);
  }
}

}  // namespace kappa::processor
