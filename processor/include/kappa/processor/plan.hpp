#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "kappa/base/units.hpp"
#include "kappa/processor/expression.hpp"
#include "kappa/processor/schema.hpp"

namespace kappa::processor {

/// How integers in JSON become timestamps.
enum class TimestampFormat : std::uint8_t { unix_seconds, unix_milliseconds, unix_microseconds };

/// A table: a topic whose events' values are JSON objects, with the columns that each must have. Without a primary key
/// every such event is a row. With one the table is keyed: it has the newest row of each key, and an event without a
/// value takes the row of its key away. The event's key must then be the primary key's text (EventKeyText).
struct TableDefinition {
  std::string name;
  std::string topic;
  Schema columns;
  std::optional<std::uint32_t> event_time;  ///< Index of a timestamp column.
  Micros watermark_delay = 0;
  TimestampFormat timestamp_format = TimestampFormat::unix_milliseconds;
  std::vector<std::uint32_t> primary_key = {};  ///< Indexes of columns that are not_null; empty: the table only grows.

  [[nodiscard]] bool is_keyed() const { return !primary_key.empty(); }
  friend bool operator==(const TableDefinition&, const TableDefinition&) = default;
};

/// Hidden columns of a table, after its declared ones, in this order:
/// _offset bigint, _sequence bigint, _partition integer, _append_time timestamp, _timestamp timestamp, _key text.
inline constexpr std::uint32_t kHiddenColumns = 6;

struct PlanNode;
using PlanPointer = std::shared_ptr<const PlanNode>;  // Shared: an inlined view may stand in several places.

/// Rows of a table, declared columns then hidden ones. `table` indexes Program::tables.
struct ScanTable {
  std::uint32_t table = 0;
};
/// Rows of a materialized view of the same program; `view` indexes Program::views and is less than the reader's own.
struct ScanView {
  std::uint32_t view = 0;
};
struct Filter {
  PlanPointer input;
  ExpressionPointer condition;
};
struct Project {
  PlanPointer input;
  std::vector<ExpressionPointer> expressions;
};
/// input's columns, then window_start and window_end (timestamp). `time` is a timestamp; size > 0 in microseconds;
/// windows are aligned to 1970-01-01. A row whose time is NULL has no window and is left out.
struct Tumble {
  PlanPointer input;
  ExpressionPointer time;
  Micros size = 0;
};
struct UnionAll {
  std::vector<PlanPointer> inputs;
};
struct Distinct {
  PlanPointer input;
};

enum class AggregateFunction : std::uint8_t { count_rows, count, sum, min, max, avg };
struct AggregateCall {
  AggregateFunction function = AggregateFunction::count_rows;
  bool distinct = false;
  ExpressionPointer argument;  ///< Null for count_rows.
  ExpressionPointer filter;    ///< Null for none.
  Type type;                   ///< Of the result, by PostgreSQL's rules.
};
/// Groups by `keys`; output is the keys, then one column a call. No keys: exactly one row, also over no rows.
struct Aggregate {
  PlanPointer input;
  std::vector<ExpressionPointer> keys;
  std::vector<AggregateCall> calls;
};

/// A node of a logical plan. Operators consume changes and emit changes; the tree says nothing of how.
struct PlanNode {
  std::variant<ScanTable, ScanView, Filter, Project, Tumble, UnionAll, Distinct, Aggregate> node;
  Schema schema;  ///< Of the output.
};

/// ORDER BY at the top of a view: for printing only. `expression` is over the view's columns.
struct SortKey {
  ExpressionPointer expression;
  bool descending = false;
  bool nulls_first = false;
};

enum class OnError : std::uint8_t { dead_letter, stop };

/// One materialized view.
struct ViewDefinition {
  std::string name;
  PlanPointer plan;
  std::vector<SortKey> order_by;
  /// Columns that are a unique key of the contents: the grouping columns, or a table's primary key, where all of them
  /// are in the output; empty for an aggregate without GROUP BY; nullopt where there is no such key.
  std::optional<std::vector<std::uint32_t>> unique_key;
  OnError on_error = OnError::dead_letter;
  std::string sql;  ///< The statements that define it, as written: its tables, inlined views, itself.
};

/// What a file of SQL defines: tables, then materialized views, each over tables and over views before it.
struct Program {
  std::vector<TableDefinition> tables;
  std::vector<ViewDefinition> views;
};

/// The version of what views mean: raised when the result of any view may change.
inline constexpr int kSemanticsVersion = 1;

/// The logical tree of a view as canonical text (tables and inlined views expanded, before any optimisation).
/// Two definitions are unchanged exactly if these are equal.
[[nodiscard]] std::string canonical_text(const Program& program, std::size_t view);
/// Likewise of a table's definition.
[[nodiscard]] std::string canonical_text(const TableDefinition& table);
/// Indexes of the tables that a view reads, directly, through inlined views or through other materialized views.
[[nodiscard]] std::vector<std::uint32_t> tables_read(const Program& program, std::size_t view);
/// Schema of every `<view>.errors`: sqlstate, reason, topic, partition, offset, value.
[[nodiscard]] Schema errors_schema();

}  // namespace kappa::processor
