#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "source.hpp"

namespace kappa::sql {

/// Levels of the parse tree. Everything that walks it, and the expressions and plans made of it, may recurse this deep.
inline constexpr std::size_t kDepthMax = 1'000;

struct Field;

/// A node of PostgreSQL's raw parse tree, as libpg_query prints it: a kind (`SelectStmt`; empty for the structures that
/// it does not tag) and those fields that are not false, zero or null. Reading a field that is not there gives nothing.
class Node {
 public:
  std::string kind;
  std::vector<Field> fields;

  [[nodiscard]] bool exists() const { return present; }
  [[nodiscard]] bool is(std::string_view name) const { return kind == name; }
  [[nodiscard]] bool has(std::string_view field) const;
  [[nodiscard]] const Node& operator[](std::string_view field) const;
  [[nodiscard]] const std::vector<Node>& list(std::string_view field) const;
  /// The text of a string field, or of a value node (`{"String":{"sval":…}}`) in it.
  [[nodiscard]] std::string_view text(std::string_view field) const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view field) const;
  /// Where it stands: its own location, else that of the first node below it that has one, else -1.
  [[nodiscard]] int place() const;
  /// The texts of a list of String nodes: a qualified name.
  [[nodiscard]] std::vector<std::string> names(std::string_view field) const;

  bool present = false;
};

struct Field {
  std::string name;
  std::variant<bool, std::int64_t, std::string, std::unique_ptr<Node>, std::vector<Node>> value;
};

/// One statement and its text in the file, from its first word to the last before the semicolon.
struct Statement {
  Node node;
  std::size_t offset = 0;
  std::string_view text;
};

/// Parses the text with PostgreSQL's grammar. Refuses what the grammar refuses and what is nested too deep.
[[nodiscard]] std::vector<Statement> parse(Source& source);

/// The value of an integer constant (A_Const with ival). libpg_query prints no integer below 1, so those are read
/// again from the text.
[[nodiscard]] std::int64_t integer_constant(const Source& source, const Node& constant);

}  // namespace kappa::sql
