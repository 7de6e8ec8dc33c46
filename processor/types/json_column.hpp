#pragma once
#include <memory>
#include <string>

#include "kappa/processor/column.hpp"
#include "kappa/processor/plan.hpp"
#include "types/json_walk.hpp"
#include "types/text_arena.hpp"

namespace kappa::processor {

/// What becomes of a column's values: only the check that they convert, or a Column as well.
enum class ColumnUse : std::uint8_t { check, materialise };

/// Converts one member of many objects as PostgreSQL's json_populate_record does, into a Column where it is wanted.
/// Not thread-safe.
class JsonColumn {
 public:
  /// `table` names the relation in messages; it and the field must outlive the column.
  JsonColumn(const std::string& table, const Field& field, TimestampFormat format, ColumnUse use);

  /// True if every token converts and none is stored: take() can be left out.
  [[nodiscard]] bool takes_anything() const;
  /// Begins a column of at most `rows` rows, whose tokens lie in `memory`.
  void start(std::size_t rows, const std::shared_ptr<const void>& memory);
  /// Takes a row's token; false if it does not convert: error() says why, and the row may be taken again.
  [[nodiscard]] bool take(const JsonToken& token, std::size_t row);
  [[nodiscard]] ErrorPointer error() const;
  /// The column of the first `rows` rows; null if it is only checked.
  [[nodiscard]] ColumnPointer finish(std::size_t rows);

 private:
  [[nodiscard]] bool take_null(std::size_t row);
  [[nodiscard]] bool take_text(const JsonToken& token, std::size_t row);
  [[nodiscard]] bool take_time(const JsonToken& token, std::size_t row);
  [[nodiscard]] bool take_parsed(std::string_view text, std::size_t row);
  [[nodiscard]] std::string_view plain(const JsonToken& token);
  [[nodiscard]] bool fits(std::string_view& text);
  [[nodiscard]] bool refuse(RowError error);
  template <typename T>
  void store(std::size_t row, const T& value);
  template <typename T, typename Parsed>
  [[nodiscard]] bool store_parsed(std::size_t row, Parsed parsed);

  const std::string& table_;
  const Field& field_;
  TimestampFormat format_;
  ColumnUse use_;
  std::shared_ptr<Column> column_;  // Shared once it is finished.
  void* data_ = nullptr;            ///< Of column_'s vector; null where the column is only checked.
  std::uint8_t* nulls_ = nullptr;
  bool any_null_ = false;
  TextArena arena_;
  std::string decoded_;
  RowError error_;
};

}  // namespace kappa::processor
