#include "commands/row_printer.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>

#include "kappa/processor/row_codec.hpp"

namespace kappa::cli {
namespace {

bool is_number(processor::TypeKind kind) {
  using processor::TypeKind;
  return kind == TypeKind::integer || kind == TypeKind::bigint || kind == TypeKind::numeric ||
         kind == TypeKind::double_precision;
}

std::vector<TextTable::Heading> headings(const processor::Schema& schema) {
  std::vector<TextTable::Heading> names;
  for (const processor::Field& field : schema) {
    names.push_back({field.name, is_number(field.type.kind) ? TextTable::Align::right : TextTable::Align::left});
  }
  return names;
}

OutputMode settle_mode(OutputMode mode) {
  if (mode != OutputMode::standard) return mode;
  return ::isatty(STDOUT_FILENO) != 0 ? OutputMode::table : OutputMode::ndjson;
}

}  // namespace

RowPrinter::RowPrinter(Output& out, const processor::Schema& schema, OutputMode mode)
    : out_(out), schema_(schema), mode_(settle_mode(mode)), table_(headings(schema)) {}

void RowPrinter::add_to_table(const processor::Batch& rows, std::size_t row) {
  std::vector<std::string> cells;
  for (const processor::ColumnPointer& column : rows.columns) {
    cells.emplace_back();
    if (!column->is_null(row)) processor::value_to_text(*column, row, cells.back());
  }
  table_.add(std::move(cells));
}

Result<void> RowPrinter::print(const processor::Batch& rows) {
  for (std::size_t row = 0; row < rows.rows; ++row) {
    for (std::int64_t copies = rows.weight(row); copies > 0; --copies) {
      if (mode_ == OutputMode::table) {
        add_to_table(rows, row);
        continue;
      }
      if (mode_ == OutputMode::json) out_.buffer() += first_ ? "[" : ",\n";
      first_ = false;
      processor::row_to_json(schema_, rows, row, out_.buffer());
      if (mode_ == OutputMode::ndjson) out_.buffer() += "\n";
      if (auto settled = out_.settle(); !settled) return settled;
    }
  }
  return {};
}

Result<void> RowPrinter::finish() {
  if (mode_ == OutputMode::table) return out_.write(table_.text());
  if (mode_ == OutputMode::json) return out_.write(first_ ? "[]\n" : "]\n");
  return {};
}

std::string contents_line(std::uint64_t rows, const processor::Fingerprint& fingerprint, Sequence position) {
  return fmt::format("{} row{}, fingerprint {}, position {}", rows, rows == 1 ? "" : "s",
                     processor::to_text(fingerprint), position.value);
}

Result<std::optional<Sequence>> parse_position(const std::string& text) {
  if (text.empty()) return std::nullopt;
  Sequence position;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), position.value);
  if (parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size()) return position;
  return fail(Errc::usage, fmt::format("--as-of takes a position (a whole number), not \"{}\"", text),
              "positions are what replay and read --final print; times are not supported in this version");
}

}  // namespace kappa::cli
