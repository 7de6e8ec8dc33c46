// Statements: CREATE TABLE, CREATE VIEW, CREATE MATERIALIZED VIEW; everything else is refused by its name.
#include "file_binder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "options.hpp"
#include "refusals.hpp"
#include "table_binder.hpp"

namespace kappa::sql {
namespace {

/// The first words of a statement: what to call one that is not in the table.
[[nodiscard]] std::string first_words(std::string_view text) {
  std::string words;
  std::size_t count = 0;
  for (const char c : text) {
    if (std::isalpha(static_cast<unsigned char>(c)) == 0 && (c != ' ' || ++count == 2)) break;
    words += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return words;
}

[[noreturn]] void refuse_statement(const Source& source, const Statement& statement) {
  const auto place = static_cast<int>(statement.offset);
  const NamedRefusal* refused = find_refusal(kRefusedStatements, statement.node.kind);
  if (refused != nullptr) source.refuse_unsupported(place, refused->what, refused->hint);
  source.refuse_unsupported(place, first_words(statement.text),
                            "a file has CREATE TABLE, CREATE VIEW and CREATE MATERIALIZED VIEW");
}

/// Plain and permanent, with a name for itself: what CREATE … VIEW may name.
[[nodiscard]] std::string view_name(const Source& source, const Node& relation) {
  check_fields(source, relation, {"relname", "inh", "relpersistence", "location"});
  if (relation.text("relpersistence") != "p")
    source.refuse_unsupported(relation.place(), "a TEMPORARY or UNLOGGED view", "write CREATE VIEW");
  std::string name(relation.text("relname"));
  check_name(source, "view", name, relation.place());
  return name;
}

void check_distinct_names(const Source& source, const Query& query, int place) {
  const std::vector<RelationColumn>& columns = query.relation.columns;
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (!seen.insert(columns[i].name).second)
      source.refuse(i < query.places.size() ? query.places[i] : place,
                    fmt::format("column \"{}\" specified more than once", columns[i].name),
                    "give the columns different names with AS");
}

[[nodiscard]] processor::OnError read_on_error(const Source& source, const std::vector<Node>& elements) {
  const auto option = Options(source, elements, {"on_error"}).find("on_error");
  if (!option || option->value == "dead_letter") return processor::OnError::dead_letter;
  if (option->value == "stop") return processor::OnError::stop;
  source.refuse(option->place, fmt::format("on_error '{}' does not exist", option->value),
                "on_error is 'dead_letter' (the default) or 'stop'");
}

}  // namespace

void FileBinder::bind(const Statement& statement) {
  source_.begin_statement(statement.offset);
  if (statement.node.is("CreateStmt")) return bind_table(statement);
  if (statement.node.is("ViewStmt")) return bind_view(statement);
  if (!statement.node.is("CreateTableAsStmt")) refuse_statement(source_, statement);
  if (statement.node.text("objtype") != "OBJECT_MATVIEW")
    source_.refuse_unsupported(static_cast<int>(statement.offset), "CREATE TABLE AS",
                               "write CREATE MATERIALIZED VIEW name AS SELECT …");
  bind_materialized_view(statement);
}

Compiled FileBinder::finish() {
  Compiled compiled{std::move(program_), {}};
  std::set<std::size_t> used;
  for (const Definition& definition : definitions_.all()) used.insert(definition.uses.begin(), definition.uses.end());
  for (std::size_t i = 0; i < definitions_.all().size(); ++i) {
    const std::string& name = definitions_.all()[i].name;
    const bool is_view = std::any_of(compiled.program.views.begin(), compiled.program.views.end(),
                                     [&](const processor::ViewDefinition& view) { return view.name == name; });
    if (!used.contains(i) && !is_view)
      compiled.warnings.push_back({fmt::format("{}: \"{}\" is used by no view", source_.file(), name)});
  }
  return compiled;
}

void FileBinder::define(std::string name, Relation relation, const Statement& statement,
                        const std::set<std::size_t>& uses) {
  definitions_.add({std::move(name), std::move(relation), statement.text, uses});
}

void FileBinder::check_topics_apart(std::string_view topic, std::string_view view, int place) const {
  if (topic == view)
    source_.refuse(place, fmt::format("topic \"{}\" belongs to the materialized view of that name", topic),
                   "a view's topic is its changelog; read the view by its name");
}

void FileBinder::bind_table(const Statement& statement) {
  processor::TableDefinition table = bind_table_definition(builder_, statement.node);
  const int place = statement.node["relation"].place();
  definitions_.check_new(source_, table.name, place);
  for (const processor::ViewDefinition& view : program_.views) check_topics_apart(table.topic, view.name, place);
  const auto index = static_cast<std::uint32_t>(program_.tables.size());
  define(table.name, plans_.scan_table(table, index), statement, {});
  program_.tables.push_back(std::move(table));
}

Query FileBinder::bind_body(QueryBinder& binder, const Node& select, const std::vector<std::string>& names,
                            int place) const {
  Query query = binder.bind_top(select);
  std::vector<RelationColumn>& columns = query.relation.columns;
  if (names.size() > columns.size())
    source_.refuse(place, "too many column names were specified",
                   fmt::format("the view has {} columns", columns.size()));
  if (!names.empty()) {
    std::vector<Bound> outputs;
    std::vector<std::string> renamed;
    for (std::uint32_t i = 0; i < columns.size(); ++i) {
      outputs.push_back(builder_.column(i, columns[i].type, place));
      renamed.push_back(i < names.size() ? names[i] : columns[i].name);
    }
    query.relation = plans_.project(query.relation, outputs, renamed, place);
  }
  check_distinct_names(source_, query, place);
  return query;
}

void FileBinder::bind_view(const Statement& statement) {
  const Node& node = statement.node;
  check_fields(source_, node, {"view", "aliases", "query", "options", "withCheckOption"});
  if (node.text("withCheckOption") != "NO_CHECK_OPTION")
    source_.refuse_unsupported(node.place(), "WITH CHECK OPTION", "a view is read only");
  const Node& relation = node["view"];
  const std::string name = view_name(source_, relation);
  definitions_.check_new(source_, name, relation.place());
  const Options none(source_, node.list("options"), {});
  QueryBinder binder(source_, definitions_);
  if (const auto& order = node["query"].list("sortClause"); !order.empty())
    source_.refuse_unsupported(order.front().place(), "ORDER BY in a sub-select or an inlined view",
                               find_refusal(kRefusedSelectFields, "sortClause")->hint);
  Query query = bind_body(binder, node["query"], node.names("aliases"), relation.place());
  define(name, std::move(query.relation), statement, definitions_.closure(binder.used()));
}

void FileBinder::bind_materialized_view(const Statement& statement) {
  const Node& node = statement.node;
  check_fields(source_, node, {"query", "into", "objtype"});
  const Node& into = node["into"];
  check_fields(source_, into, {"rel", "colNames", "options", "onCommit"});
  const Node& relation = into["rel"];
  const int place = relation.place();
  processor::ViewDefinition view;
  view.name = view_name(source_, relation);
  check_topic(source_, view.name, place);
  definitions_.check_new(source_, view.name, place);
  for (const processor::TableDefinition& table : program_.tables) check_topics_apart(table.topic, view.name, place);

  view.on_error = read_on_error(source_, into.list("options"));
  QueryBinder binder(source_, definitions_);
  Query query = bind_body(binder, node["query"], into.names("colNames"), place);
  const std::set<std::size_t> uses = definitions_.closure(binder.used());
  view.plan = query.relation.plan;
  view.order_by = std::move(query.order_by);
  view.unique_key = unique_key(program_, *view.plan);
  view.sql = definitions_.text_of(uses, statement.text);
  const auto index = static_cast<std::uint32_t>(program_.views.size());
  define(view.name, plans_.scan_view(view, index), statement, uses);
  program_.views.push_back(std::move(view));
}

}  // namespace kappa::sql
