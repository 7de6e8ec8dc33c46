#pragma once
#include <optional>
#include <string>

#include "frame/command.hpp"
#include "kappa/processor/column.hpp"
#include "kappa/processor/fingerprint.hpp"
#include "kappa/processor/schema.hpp"
#include "text/table.hpp"

namespace kappa::cli {

/// Prints the rows of a view's contents: a table for people, a line of JSON a row, or one JSON array.
class RowPrinter {
 public:
  /// `standard` is a table on a terminal, else ndjson.
  RowPrinter(Output& out, const processor::Schema& schema, OutputMode mode);

  /// Each row as often as its weight says.
  [[nodiscard]] Result<void> print(const processor::Batch& rows);
  [[nodiscard]] Result<void> finish();

 private:
  void add_to_table(const processor::Batch& rows, std::size_t row);

  Output& out_;
  const processor::Schema& schema_;
  OutputMode mode_;
  TextTable table_;
  bool first_ = true;
};

/// `3 rows, fingerprint 3:…, position 17`, for stderr.
[[nodiscard]] std::string contents_line(std::uint64_t rows, const processor::Fingerprint& fingerprint,
                                        Sequence position);

/// `--as-of` as a position. Errc::usage for anything but a whole number: times are refused by name.
[[nodiscard]] Result<std::optional<Sequence>> parse_position(const std::string& text);

}  // namespace kappa::cli
