// What is valid PostgreSQL and not of this version, by name. Tables only: whoever meets such a name looks it up here.
#include "refusals.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kappa::sql {
namespace {

constexpr std::string_view kRegexHint = "use LIKE, split_part or substring";
constexpr std::string_view kAggregatesHint = "aggregates: count, sum, min, max, avg";
constexpr std::string_view kNumbersHint = "arithmetic is + - * / % and abs; numeric(p, s) rounds";
constexpr std::string_view kTextHint = "text has ||, lower, upper, length, substring, split_part, LIKE";
constexpr std::string_view kTimeHint = "time has date_trunc, extract, timestamp + and - an interval literal, tumble";
constexpr std::string_view kWindowFunctionHint = "group by tumble's window_start for windows of time";
constexpr std::string_view kNoChanceHint = "a view is a function of the log: derive it from _sequence or _key";
constexpr std::string_view kTumbleHint = "windows of time: tumble(source, time column, interval '10 seconds')";
constexpr std::string_view kOrderHint = "ORDER BY may stand at the end of a materialized view";
constexpr std::string_view kJsonHint = "changelogs are JSON already";
constexpr std::string_view kMembersHint = "declare the members that you need as columns";
constexpr std::string_view kAppendHint = "append events with `kappa append TOPIC`";
constexpr std::string_view kDropHint = "drop a view with `kappa view drop NAME`";
constexpr std::string_view kViewHint = "write CREATE MATERIALIZED VIEW name AS SELECT …";
constexpr std::string_view kKeyHint = "a table may have one key: PRIMARY KEY";

constexpr NamedRefusal kTypeTable[] = {
    {"int2", "smallint", "use integer"},
    {"float4", "real", "use double precision"},
    {"bpchar", "character(n)", "use varchar(n) or text"},
    {"char", "\"char\"", "use text"},
    {"name", "name", "use text"},
    {"timestamptz", "timestamp with time zone", "use timestamp: times are UTC"},
    {"time", "time", "use timestamp"},
    {"timetz", "time with time zone", "use timestamp"},
    {"json", "json", "declare the members that you need as columns, or use text"},
    {"jsonb", "jsonb", "declare the members that you need as columns, or use text"},
    {"bytea", "bytea", "use text"},
    {"uuid", "uuid", "use text"},
    {"money", "money", "use numeric"},
    {"bit", "bit", "use text or bigint"},
    {"varbit", "bit varying", "use text or bigint"},
    {"xml", "xml", "use text"},
    {"inet", "inet", "use text"},
    {"serial", "serial", "use bigint; _offset numbers the rows"},
    {"serial4", "serial", "use bigint; _offset numbers the rows"},
    {"bigserial", "bigserial", "use bigint; _offset numbers the rows"},
    {"serial8", "bigserial", "use bigint; _offset numbers the rows"},
    {"smallserial", "smallserial", "use bigint; _offset numbers the rows"},
    {"oid", "oid", "use bigint"},
    {"regclass", "regclass", "use text"},
    {"point", "point", "use two columns of double precision"},
};

constexpr NamedRefusal kFunctionTable[] = {
    {"now", "now() (a clock)", kNoClockHint},
    {"clock_timestamp", "clock_timestamp() (a clock)", kNoClockHint},
    {"statement_timestamp", "statement_timestamp() (a clock)", kNoClockHint},
    {"transaction_timestamp", "transaction_timestamp() (a clock)", kNoClockHint},
    {"timeofday", "timeofday() (a clock)", kNoClockHint},
    {"age", "function age (an interval)", kTimeHint},
    {"random", "random() (chance)", kNoChanceHint},
    {"gen_random_uuid", "gen_random_uuid() (chance)", kNoChanceHint},
    {"setseed", "setseed()", kNoChanceHint},
    {"nextval", "nextval() (a counter)", kNoChanceHint},
    {"pg_sleep", "pg_sleep()", kNoClockHint},
    {"date_part", "function date_part", "use extract(field FROM time), which is exact (numeric)"},
    {"date_bin", "function date_bin", kTumbleHint},
    {"to_timestamp", "function to_timestamp", "cast text to timestamp; for numbers see the option timestamp_format"},
    {"to_date", "function to_date", "cast text to date"},
    {"to_char", "function to_char", "cast to text, or use extract"},
    {"to_number", "function to_number", "cast text to numeric"},
    {"timezone", "AT TIME ZONE", "times are UTC; add an interval literal"},
    {"make_timestamp", "function make_timestamp", kTimeHint},
    {"make_date", "function make_date", kTimeHint},
    {"make_interval", "function make_interval", kTimeHint},
    {"isfinite", "function isfinite", kTimeHint},
    {"overlaps", "OVERLAPS", "write begin1 < end2 AND begin2 < end1"},
    {"bool", "TREAT, or type boolean as a function", "use CAST(… AS boolean)"},
    {"int4", "TREAT, or type integer as a function", "use CAST(… AS integer)"},
    {"int8", "TREAT, or type bigint as a function", "use CAST(… AS bigint)"},
    {"numeric", "TREAT, or type numeric as a function", "use CAST(… AS numeric)"},
    {"float8", "TREAT, or type double precision as a function", "use CAST(… AS double precision)"},
    {"text", "TREAT, or type text as a function", "use CAST(… AS text)"},
    {"varchar", "TREAT, or type varchar as a function", "use CAST(… AS varchar)"},
    {"timestamp", "TREAT, or type timestamp as a function", "use CAST(… AS timestamp)"},
    {"date", "TREAT, or type date as a function", "use CAST(… AS date)"},
    {"hop", "hop (sliding windows)", kTumbleHint},
    {"session", "session (session windows)", kTumbleHint},
    {"tumble", "tumble outside FROM", "write FROM tumble(source, time column, interval '10 seconds')"},
    {"string_agg", "aggregate string_agg", kAggregatesHint},
    {"array_agg", "aggregate array_agg", kAggregatesHint},
    {"json_agg", "aggregate json_agg", kAggregatesHint},
    {"jsonb_agg", "aggregate jsonb_agg", kAggregatesHint},
    {"json_object_agg", "aggregate json_object_agg", kAggregatesHint},
    {"jsonb_object_agg", "aggregate jsonb_object_agg", kAggregatesHint},
    {"bool_and", "aggregate bool_and", "use count(*) FILTER (WHERE NOT …) = 0"},
    {"bool_or", "aggregate bool_or", "use count(*) FILTER (WHERE …) > 0"},
    {"every", "aggregate every", "use count(*) FILTER (WHERE NOT …) = 0"},
    {"stddev", "aggregate stddev", kAggregatesHint},
    {"stddev_pop", "aggregate stddev_pop", kAggregatesHint},
    {"stddev_samp", "aggregate stddev_samp", kAggregatesHint},
    {"variance", "aggregate variance", kAggregatesHint},
    {"var_pop", "aggregate var_pop", kAggregatesHint},
    {"var_samp", "aggregate var_samp", kAggregatesHint},
    {"corr", "aggregate corr", kAggregatesHint},
    {"bit_and", "aggregate bit_and", kAggregatesHint},
    {"bit_or", "aggregate bit_or", kAggregatesHint},
    {"percentile_cont", "aggregate percentile_cont", kAggregatesHint},
    {"percentile_disc", "aggregate percentile_disc", kAggregatesHint},
    {"mode", "aggregate mode", kAggregatesHint},
    {"row_number", "window function row_number", kWindowFunctionHint},
    {"rank", "window function rank", kWindowFunctionHint},
    {"dense_rank", "window function dense_rank", kWindowFunctionHint},
    {"lag", "window function lag", kWindowFunctionHint},
    {"lead", "window function lead", kWindowFunctionHint},
    {"first_value", "window function first_value", kWindowFunctionHint},
    {"last_value", "window function last_value", kWindowFunctionHint},
    {"ntile", "window function ntile", kWindowFunctionHint},
    {"generate_series", "function generate_series", "rows come from topics"},
    {"unnest", "function unnest", "rows come from topics"},
    {"round", "function round", "cast to numeric(p, s), which rounds"},
    {"floor", "function floor", kNumbersHint},
    {"ceil", "function ceil", kNumbersHint},
    {"ceiling", "function ceiling", kNumbersHint},
    {"trunc", "function trunc", kNumbersHint},
    {"mod", "function mod", "use the operator %"},
    {"power", "function power", kNumbersHint},
    {"pow", "function pow", kNumbersHint},
    {"sqrt", "function sqrt", kNumbersHint},
    {"exp", "function exp", kNumbersHint},
    {"ln", "function ln", kNumbersHint},
    {"log", "function log", kNumbersHint},
    {"sign", "function sign", "use CASE"},
    {"width_bucket", "function width_bucket", kNumbersHint},
    {"concat", "function concat", "use the operator ||"},
    {"concat_ws", "function concat_ws", "use the operator ||"},
    {"format", "function format", "use the operator ||"},
    {"left", "function left", "use substring(text, 1, n)"},
    {"right", "function right", "use substring"},
    {"btrim", "function trim", kTextHint},
    {"ltrim", "function ltrim", kTextHint},
    {"rtrim", "function rtrim", kTextHint},
    {"lpad", "function lpad", kTextHint},
    {"rpad", "function rpad", kTextHint},
    {"replace", "function replace", kTextHint},
    {"translate", "function translate", kTextHint},
    {"reverse", "function reverse", kTextHint},
    {"repeat", "function repeat", kTextHint},
    {"initcap", "function initcap", kTextHint},
    {"position", "function position", "use split_part or LIKE"},
    {"strpos", "function strpos", "use split_part or LIKE"},
    {"overlay", "function overlay", "use substring and ||"},
    {"starts_with", "function starts_with", "use LIKE 'prefix%'"},
    {"octet_length", "function octet_length", "length counts characters"},
    {"bit_length", "function bit_length", "length counts characters"},
    {"ascii", "function ascii", kTextHint},
    {"chr", "function chr", kTextHint},
    {"md5", "function md5", kTextHint},
    {"normalize", "function normalize", kTextHint},
    {"is_normalized", "IS NORMALIZED", "text compares as bytes, always (collation C)"},
    {"pg_collation_for", "COLLATION FOR", "text compares as bytes, always (collation C)"},
    {"encode", "function encode", kTextHint},
    {"decode", "function decode", kTextHint},
    {"regexp_replace", "function regexp_replace", kRegexHint},
    {"regexp_match", "function regexp_match", kRegexHint},
    {"regexp_matches", "function regexp_matches", kRegexHint},
    {"regexp_split_to_array", "function regexp_split_to_array", kRegexHint},
    {"regexp_like", "function regexp_like", kRegexHint},
    {"regexp_substr", "function regexp_substr", kRegexHint},
    {"regexp_count", "function regexp_count", kRegexHint},
    {"regexp_instr", "function regexp_instr", kRegexHint},
    {"regexp_split_to_table", "function regexp_split_to_table", kRegexHint},
    {"similar_to_escape", "SIMILAR TO", kRegexHint},
    {"like_escape", "function like_escape", "write LIKE … ESCAPE …"},
    {"json_extract_path", "function json_extract_path", kMembersHint},
    {"json_extract_path_text", "function json_extract_path_text", kMembersHint},
    {"jsonb_extract_path", "function jsonb_extract_path", kMembersHint},
    {"jsonb_extract_path_text", "function jsonb_extract_path_text", kMembersHint},
    {"json_build_array", "function json_build_array", kJsonHint},
    {"json_build_object", "function json_build_object", kJsonHint},
    {"json_object", "function json_object", kJsonHint},
    {"jsonb_build_array", "function jsonb_build_array", kJsonHint},
    {"jsonb_build_object", "function jsonb_build_object", kJsonHint},
    {"jsonb_object", "function jsonb_object", kJsonHint},
    {"row_to_json", "function row_to_json", kJsonHint},
    {"to_json", "function to_json", kJsonHint},
    {"to_jsonb", "function to_jsonb", kJsonHint},
    {"xmlexists", "an XML expression", kTypesHint},
    {"pg_typeof", "function pg_typeof", "`kappa view info` prints the types of a view"},
};

constexpr NamedRefusal kExpressionTable[] = {
    {"SubLink", "a subquery in an expression", "write it as its own view, or as a sub-select in FROM"},
    {"MinMaxExpr", "GREATEST or LEAST", "use CASE"},
    {"A_ArrayExpr", "an array", kTypesHint},
    {"A_Indirection", "a subscript or a field of a composite", kTypesHint},
    {"RowExpr", "a row constructor", "name the columns one by one, without ROW or parentheses around several"},
    {"GroupingFunc", "GROUPING", "group by columns and expressions"},
    {"CollateClause", "COLLATE", "text compares as bytes, always (collation C)"},
    {"ParamRef", "a parameter ($1)", "write the value as a literal"},
    {"NamedArgExpr", "an argument by name", "give the arguments in order"},
    {"SetToDefault", "DEFAULT", "write the value"},
    {"XmlExpr", "an XML expression", kTypesHint},
    {"XmlSerialize", "an XML expression", kTypesHint},
    {"CurrentOfExpr", "CURRENT OF", kSeeDocument},
    {"MultiAssignRef", "an assignment", kSeeDocument},
    {"A_Star", "* in an expression", "* may stand in the SELECT list and in count(*)"},
};

constexpr NamedRefusal kSelectTable[] = {
    {"intoClause", "SELECT INTO", kViewHint},
    {"groupDistinct", "GROUP BY DISTINCT", "group by columns and expressions"},
    {"windowClause", "WINDOW", kWindowFunctionHint},
    {"valuesLists", "VALUES", "rows come from topics; append them with `kappa append`"},
    {"sortClause", "ORDER BY in a sub-select or an inlined view", kOrderHint},
    {"limitOffset", "OFFSET", "read the whole view; `kappa read VIEW --final | head` prints some rows"},
    {"limitCount", "LIMIT", "read the whole view; `kappa read VIEW --final | head` prints some rows"},
    {"lockingClause", "FOR UPDATE", "a view is read only"},
    {"withClause", "WITH", "write CREATE VIEW, which is inlined, or a sub-select in FROM"},
};

constexpr NamedRefusal kFieldTable[] = {
    {"over", "a window function (OVER)", kWindowFunctionHint},
    {"agg_order", "ORDER BY in an aggregate", "count, sum, min, max and avg do not depend on order"},
    {"agg_within_group", "WITHIN GROUP", kAggregatesHint},
    {"func_variadic", "VARIADIC", "give the arguments one by one"},
    {"lateral", "LATERAL", "a view reads one source"},
    {"ordinality", "WITH ORDINALITY", "_offset numbers the rows of a table"},
    {"is_rowsfrom", "ROWS FROM", kTumbleHint},
    {"coldeflist", "a column definition list", kTumbleHint},
    {"replace", "OR REPLACE", "a file defines a name once; `kappa view drop NAME` makes room for another definition"},
    {"withCheckOption", "WITH CHECK OPTION", "a view is read only"},
    {"if_not_exists", "IF NOT EXISTS", "a file defines each name once, and may be run again unchanged"},
    {"inhRelations", "INHERITS or PARTITION OF", "declare the columns"},
    {"partspec", "PARTITION BY", "partitions belong to the topic: see `kappa topic create`"},
    {"partbound", "PARTITION OF", "partitions belong to the topic: see `kappa topic create`"},
    {"ofTypename", "CREATE TABLE OF", "declare the columns"},
    {"oncommit", "ON COMMIT", "tables are topics"},
    {"onCommit", "ON COMMIT", "tables are topics"},
    {"tablespacename", "TABLESPACE", "the directory is chosen by --dir"},
    {"tableSpaceName", "TABLESPACE", "the directory is chosen by --dir"},
    {"accessMethod", "USING", "tables are topics"},
    {"skipData", "WITH NO DATA", "a view is filled by `kappa run`"},
    {"collClause", "COLLATE", "text compares as bytes, always (collation C)"},
    {"compression", "COMPRESSION", "topics are compressed always"},
    {"defnamespace", "a qualified option", "write the option's name alone"},
    {"schemaname", "a schema", "names are plain: write the name alone"},
    {"catalogname", "a database name", "names are plain: write the name alone"},
    {"useOp", "ORDER BY … USING", "use ASC or DESC"},
    {"is_from_type", "CREATE TABLE OF", "declare the columns"},
    {"fdwoptions", "OPTIONS", "use WITH (…)"},
};

constexpr NamedRefusal kConstraintTable[] = {
    {"CONSTR_UNIQUE", "UNIQUE", kKeyHint},
    {"CONSTR_DEFAULT", "DEFAULT", "use COALESCE in the view"},
    {"CONSTR_CHECK", "CHECK", "use WHERE in the view"},
    {"CONSTR_FOREIGN", "REFERENCES", "a table is one topic"},
    {"CONSTR_GENERATED", "GENERATED", "compute it in the view"},
    {"CONSTR_IDENTITY", "GENERATED AS IDENTITY", "_offset numbers the rows"},
    {"CONSTR_EXCLUSION", "EXCLUDE", kKeyHint},
    {"CONSTR_ATTR_DEFERRABLE", "DEFERRABLE", "leave it out"},
    {"CONSTR_ATTR_DEFERRED", "INITIALLY DEFERRED", "leave it out"},
};

constexpr NamedRefusal kOptionTable[] = {
    {"idle_timeout", "option idle_timeout",
     "options of a table: topic, format, event_time, watermark_delay, "
     "timestamp_format"},
    {"max_ahead", "option max_ahead", "a row dated more than a day ahead does not advance the watermark"},
    {"emit", "option emit", "late rows correct the result"},
    {"allowed_lateness", "option allowed_lateness", "late rows correct the result"},
    {"primary_key", "option primary_key", "write PRIMARY KEY at the column, or PRIMARY KEY (a, b) after the columns"},
};

constexpr NamedRefusal kStatementTable[] = {
    {"SelectStmt", "a bare SELECT", kViewHint},
    {"InsertStmt", "INSERT", kAppendHint},
    {"UpdateStmt", "UPDATE", "events are immutable; append a newer one"},
    {"DeleteStmt", "DELETE", "events are immutable; filter them in the view"},
    {"MergeStmt", "MERGE", kAppendHint},
    {"CopyStmt", "COPY", kAppendHint},
    {"DropStmt", "DROP", kDropHint},
    {"TruncateStmt", "TRUNCATE", "delete a topic with `kappa topic delete NAME`"},
    {"AlterTableStmt", "ALTER", "change the definition in the file"},
    {"RenameStmt", "ALTER … RENAME", "change the definition in the file"},
    {"IndexStmt", "CREATE INDEX", "views keep what they need"},
    {"ExplainStmt", "EXPLAIN", kViewHint},
    {"TransactionStmt", "a transaction", "a view is exactly once by itself"},
    {"VariableSetStmt", "SET", "options stand in WITH (…)"},
    {"CreateFunctionStmt", "CREATE FUNCTION", "write a processor in C++"},
    {"RefreshMatViewStmt", "REFRESH", "`kappa run FILE.sql` keeps views up to date"},
};

}  // namespace

const std::span<const NamedRefusal> kRefusedTypes = kTypeTable;
const std::span<const NamedRefusal> kRefusedFunctions = kFunctionTable;
const std::span<const NamedRefusal> kRefusedExpressions = kExpressionTable;
const std::span<const NamedRefusal> kRefusedSelectFields = kSelectTable;
const std::span<const NamedRefusal> kRefusedFields = kFieldTable;
const std::span<const NamedRefusal> kRefusedConstraints = kConstraintTable;
const std::span<const NamedRefusal> kRefusedOptions = kOptionTable;
const std::span<const NamedRefusal> kRefusedStatements = kStatementTable;

const NamedRefusal* find_refusal(std::span<const NamedRefusal> table, std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const NamedRefusal& r) { return r.name == name; });
  return found == table.end() ? nullptr : &*found;
}

void check_fields(const Source& source, const Node& node, std::initializer_list<std::string_view> allowed,
                  std::span<const NamedRefusal> table) {
  for (const Field& field : node.fields) {
    if (std::find(allowed.begin(), allowed.end(), field.name) != allowed.end()) continue;
    const Node& part = node[field.name];
    const std::vector<Node>& list = node.list(field.name);
    const int below = part.exists() ? part.place() : list.empty() ? -1 : list.front().place();
    const int place = below >= 0 ? below : node.place();
    if (const NamedRefusal* refused = find_refusal(table, field.name))
      source.refuse_unsupported(place, refused->what, refused->hint);
    source.refuse_unsupported(place, fmt::format("\"{}\" of {}", field.name, node.kind));
  }
}

}  // namespace kappa::sql
