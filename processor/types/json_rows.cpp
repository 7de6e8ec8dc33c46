// A view's changelog back into rows: the table decoder's parts, with every member required.
#include <fmt/format.h>

#include "kappa/processor/row_codec.hpp"
#include "types/json_column.hpp"
#include "types/json_index.hpp"
#include "types/json_walk.hpp"

namespace kappa::processor {
namespace {

std::vector<std::string> column_names(const Schema& schema) {
  std::vector<std::string> names;
  for (const Field& field : schema) names.push_back(field.name);
  return names;
}

/// Takes one row's text into the columns; null, or why it is no such row.
class RowReader {
 public:
  explicit RowReader(const Schema& schema) : schema_(schema), walker_(column_names(schema)) {
    static const std::string relation = "view";
    for (const Field& field : schema)
      columns_.emplace_back(relation, field, TimestampFormat::unix_microseconds, ColumnUse::materialise);
  }
  void start(std::size_t rows, const std::shared_ptr<const void>& memory) {
    for (JsonColumn& column : columns_) column.start(rows, memory);
  }
  ErrorPointer take(std::string_view text, std::size_t row) {
    const IndexOutcome outcome = indexer_.index(text);
    if (outcome != IndexOutcome::ok) return describe(outcome, text);
    walker_.start(text, indexer_.positions());
    const JsonFault fault = walker_.walk(static_cast<std::uint32_t>(text.size()));
    if (fault != JsonFault::none) return describe(fault, text, walker_.fault_position());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const JsonToken& token = walker_.tokens()[i];
      if (token.kind == TokenKind::absent)
        return make_error("22P02", fmt::format("the member \"{}\" is missing", schema_[i].name));
      if (!columns_[i].take(token, row)) return columns_[i].error();
    }
    return nullptr;
  }
  Batch finish(std::size_t rows) {
    Batch batch;
    batch.rows = rows;
    for (JsonColumn& column : columns_) batch.columns.push_back(column.finish(rows));
    return batch;
  }

 private:
  const Schema& schema_;
  std::vector<JsonColumn> columns_;
  JsonIndexer indexer_;
  JsonWalker walker_;
};

}  // namespace

Result<Batch> rows_from_json(const Schema& schema, const std::vector<std::string_view>& rows,
                             std::shared_ptr<const void> memory) {
  RowReader reader(schema);
  reader.start(rows.size(), memory);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const ErrorPointer error = reader.take(rows[row], row);
    if (error)
      return fail(Errc::corruption,
                  fmt::format("row {} of {} in a changelog is no row of its view: {}", row, rows.size(), error->reason),
                  "kappa verify");
  }
  return reader.finish(rows.size());
}

}  // namespace kappa::processor
