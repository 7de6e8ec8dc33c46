// libpg_query's JSON to a tree of plain nodes.
//
// libpg_query recurses while it prints its tree and overflows an 8 MiB stack at some 70,000 levels; the text limit of
// 64 KiB keeps below that on the stack that compile() gives us (a level costs at least one byte of text). simdjson
// parses without recursion, so the first walk that could overflow is our own, and it counts.
#include "parse_tree.hpp"

#include <fmt/format.h>
#include <pg_query.h>
#include <simdjson.h>

#include <algorithm>
#include <cctype>

namespace kappa::sql {
namespace {

/// More than any text within the limit can nest.
constexpr std::size_t kJsonDepthMax = 4 * 65'536;

const Node kNoNode;
const std::vector<Node> kNoNodes;

[[nodiscard]] const Field* find(const Node& node, std::string_view name) {
  const auto found =
      std::find_if(node.fields.begin(), node.fields.end(), [&](const Field& f) { return f.name == name; });
  return found == node.fields.end() ? nullptr : &*found;
}

using Json = simdjson::dom::element;

[[nodiscard]] int location_of(simdjson::dom::object object) {
  std::int64_t location = -1;
  return object["location"].get(location) == simdjson::SUCCESS ? static_cast<int>(location) : -1;
}

/// `{"SelectStmt": {…}}` is a tagged node; field names begin in lower case.
[[nodiscard]] bool is_tagged(simdjson::dom::object object) {
  return object.size() == 1 && std::isupper(static_cast<unsigned char>((*object.begin()).key.front())) != 0;
}

class Converter {
 public:
  explicit Converter(const Source& source) : source_(source) {}

  [[nodiscard]] Node convert(simdjson::dom::object object) {
    Node node;
    node.present = true;
    if (is_tagged(object)) {
      node.kind = (*object.begin()).key;
      object = (*object.begin()).value.get_object().value_unsafe();
    }
    last_location_ = std::max(location_of(object), last_location_);
    if (++depth_ > kDepthMax)
      source_.refuse(last_location_, fmt::format("nested deeper than {} levels", kDepthMax),
                     "split the expression over sub-selects; AND, OR and IN take lists of any length");
    for (const auto& [name, value] : object) node.fields.push_back({std::string(name), convert_field(value)});
    --depth_;
    return node;
  }

 private:
  [[nodiscard]] decltype(Field::value) convert_field(const Json& value) {
    switch (value.type()) {
      case simdjson::dom::element_type::OBJECT:
        return std::make_unique<Node>(convert(value.get_object().value_unsafe()));
      case simdjson::dom::element_type::ARRAY:
        return convert_list(value.get_array().value_unsafe());
      case simdjson::dom::element_type::INT64:
        return value.get_int64().value_unsafe();
      case simdjson::dom::element_type::BOOL:
        return value.get_bool().value_unsafe();
      case simdjson::dom::element_type::STRING:
        return std::string(value.get_string().value_unsafe());
      default:
        return false;
    }
  }

  [[nodiscard]] std::vector<Node> convert_list(simdjson::dom::array array) {
    std::vector<Node> nodes;
    for (const Json& item : array) {
      simdjson::dom::object object;
      nodes.push_back(item.get(object) == simdjson::SUCCESS ? convert(object) : Node{});
    }
    return nodes;
  }

  const Source& source_;
  std::size_t depth_ = 0;
  int last_location_ = -1;
};

/// The result of pg_query_parse, freed with it.
struct Parsed {
  explicit Parsed(const std::string& text) : result(pg_query_parse(text.c_str())) {}
  ~Parsed() { pg_query_free_parse_result(result); }
  Parsed(const Parsed&) = delete;
  Parsed& operator=(const Parsed&) = delete;
  PgQueryParseResult result;
};

void refuse_syntax(const Source& source, const PgQueryError& error) {
  const std::string message = error.message == nullptr ? "syntax error" : error.message;
  const int place = error.cursorpos > 0
                        ? static_cast<int>(source.byte_of_character(static_cast<std::size_t>(error.cursorpos - 1)))
                        : 0;
  if (message.starts_with("memory exhausted"))  // The parser's own stack of 10,000 entries.
    source.refuse(place, "nested too deep for the parser", "split the expression over sub-selects");
  source.refuse(place, message, fmt::format("the grammar is PostgreSQL's; {}", kSeeDocument));
}

[[nodiscard]] Statement make_statement(Source& source, Node node) {
  const auto begin = static_cast<std::size_t>(node.integer("stmt_location").value_or(0));
  const auto length = static_cast<std::size_t>(node.integer("stmt_len").value_or(0));
  const std::size_t end = length == 0 ? source.text().size() : begin + length;
  const std::size_t first = std::min(source.skip_blanks(begin), end);
  std::string_view text = source.text().substr(first, end - first);
  const std::size_t last = text.find_last_not_of(" \t\r\n\f\v");
  text = text.substr(0, last == std::string_view::npos ? 0 : last + 1);
  for (Field& field : node.fields)
    if (field.name == "stmt") return {std::move(*std::get<std::unique_ptr<Node>>(field.value)), first, text};
  return {Node{}, first, text};
}

}  // namespace

bool Node::has(std::string_view field) const {
  return find(*this, field) != nullptr;
}

const Node& Node::operator[](std::string_view field) const {
  const Field* found = find(*this, field);
  const auto* node = found == nullptr ? nullptr : std::get_if<std::unique_ptr<Node>>(&found->value);
  return node == nullptr ? kNoNode : **node;
}

const std::vector<Node>& Node::list(std::string_view field) const {
  const Field* found = find(*this, field);
  const auto* nodes = found == nullptr ? nullptr : std::get_if<std::vector<Node>>(&found->value);
  return nodes == nullptr ? kNoNodes : *nodes;
}

std::string_view Node::text(std::string_view field) const {
  const Field* found = find(*this, field);
  if (found == nullptr) return {};
  if (const auto* value = std::get_if<std::string>(&found->value)) return *value;
  const auto* node = std::get_if<std::unique_ptr<Node>>(&found->value);
  return node == nullptr ? std::string_view{} : (*node)->text(field);
}

std::optional<std::int64_t> Node::integer(std::string_view field) const {
  const Field* found = find(*this, field);
  const auto* value = found == nullptr ? nullptr : std::get_if<std::int64_t>(&found->value);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

int Node::place() const {
  const auto own = integer("location");
  if (own && *own >= 0) return static_cast<int>(*own);
  for (const Field& field : fields) {
    int below = -1;
    if (const auto* node = std::get_if<std::unique_ptr<Node>>(&field.value)) below = (*node)->place();
    if (const auto* nodes = std::get_if<std::vector<Node>>(&field.value))
      for (const Node& node : *nodes)
        if (below < 0) below = node.place();
    if (below >= 0) return below;
  }
  return -1;
}

std::vector<std::string> Node::names(std::string_view field) const {
  std::vector<std::string> parts;
  for (const Node& part : list(field)) parts.emplace_back(part.text("sval"));
  return parts;
}

std::vector<Statement> parse(Source& source) {
  const Parsed parsed{std::string(source.text())};
  if (parsed.result.error != nullptr) refuse_syntax(source, *parsed.result.error);

  simdjson::dom::parser parser;
  const std::string_view json = parsed.result.parse_tree;
  simdjson::dom::object tree;
  simdjson::dom::array statements;
  if (parser.allocate(json.size(), kJsonDepthMax) != simdjson::SUCCESS ||
      parser.parse(json.data(), json.size()).get(tree) != simdjson::SUCCESS)
    source.refuse(0, "the parser's tree cannot be read", "make the text simpler, and please report it");
  std::vector<Statement> result;
  if (tree["stmts"].get(statements) != simdjson::SUCCESS) return result;
  for (const Json& statement : statements) {
    simdjson::dom::object object;
    if (statement.get(object) != simdjson::SUCCESS) continue;
    result.push_back(make_statement(source, Converter(source).convert(object)));
  }
  return result;
}

std::int64_t integer_constant(const Source& source, const Node& constant) {
  const auto printed = constant["ival"].integer("ival");
  if (printed) return *printed;
  // Zero or negative: `-`, blanks and parentheses, then the digits; their magnitude is all that is missing.
  std::size_t offset = source.skip_blanks(static_cast<std::size_t>(std::max(0, constant.place())));
  const std::string_view text = source.text();
  while (offset < text.size() && (text[offset] == '-' || text[offset] == '(')) offset = source.skip_blanks(offset + 1);
  std::int64_t magnitude = 0;
  for (; offset < text.size() && text[offset] >= '0' && text[offset] <= '9'; ++offset)
    magnitude = magnitude * 10 + (text[offset] - '0');
  return -magnitude;
}

}  // namespace kappa::sql
