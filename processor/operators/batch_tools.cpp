#include "operators/batch_tools.hpp"

#include <memory>
#include <string>
#include <utility>

namespace kappa::processor {
namespace {

ColumnPointer own_text(const ColumnPointer& column) {
  if (!column || column->kind != TypeKind::text) return column;
  TextColumnBuilder copy;
  const std::vector<std::string_view>& texts = column->as<std::string_view>();
  for (std::size_t row = 0; row < texts.size(); ++row) {
    copy.add(column->is_null(row) ? std::nullopt : std::optional(texts[row]));
  }
  return copy.finish();
}

void append(Column& to, const Column& from, std::size_t rows_before, std::size_t rows) {
  std::visit(
      [&](auto& values) {
        const auto& more = std::get<std::remove_reference_t<decltype(values)>>(from.data);
        values.insert(values.end(), more.begin(), more.end());
      },
      to.data);
  if (!to.nulls.empty() || !from.nulls.empty()) {
    to.nulls.resize(rows_before);
    if (from.nulls.empty()) {
      to.nulls.resize(rows_before + rows);
    } else {
      to.nulls.insert(to.nulls.end(), from.nulls.begin(), from.nulls.end());
    }
  }
  to.memory.insert(to.memory.end(), from.memory.begin(), from.memory.end());
}

ColumnPointer concatenate_column(const std::vector<Batch>& batches, std::size_t index) {
  auto column = std::make_shared<Column>(make_column(batches.front().columns[index]->kind, 0));
  std::size_t rows = 0;
  for (const Batch& batch : batches) {
    append(*column, *batch.columns[index], rows, batch.rows);
    rows += batch.rows;
  }
  return column;
}

}  // namespace

void TextColumnBuilder::add(std::optional<std::string_view> text) {
  if (text) bytes_ += *text;
  ends_.push_back(bytes_.size());
  nulls_.push_back(text ? 0 : 1);
  has_null_ |= !text;
}

ColumnPointer TextColumnBuilder::finish() {
  auto memory = std::make_shared<const std::string>(std::move(bytes_));
  auto column = std::make_shared<Column>(make_column(TypeKind::text, ends_.size()));
  std::vector<std::string_view>& texts = column->as<std::string_view>();
  std::size_t begin = 0;
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    texts[i] = std::string_view(*memory).substr(begin, ends_[i] - begin);
    begin = ends_[i];
  }
  if (has_null_) column->nulls = std::move(nulls_);
  column->memory.push_back(std::move(memory));
  return column;
}

Batch own(Batch batch) {
  for (ColumnPointer& column : batch.columns) column = own_text(column);
  batch.origin = {};
  return batch;
}

Batch concatenate(std::vector<Batch> batches) {
  if (batches.size() == 1) return std::move(batches.front());
  Batch whole;
  bool weighted = false;
  for (const Batch& batch : batches) weighted |= !batch.weights.empty();
  for (const Batch& batch : batches) {
    whole.rows += batch.rows;
    for (std::size_t row = 0; weighted && row < batch.rows; ++row) whole.weights.push_back(batch.weight(row));
  }
  if (batches.empty()) return whole;
  for (std::size_t i = 0; i < batches.front().columns.size(); ++i) {
    whole.columns.push_back(concatenate_column(batches, i));
  }
  return whole;
}

std::size_t batch_bytes(const Batch& batch) {
  std::size_t bytes = batch.weights.size() * sizeof(std::int64_t);
  for (const ColumnPointer& column : batch.columns) {
    if (!column) continue;
    std::visit([&](const auto& values) { bytes += values.size() * sizeof(values[0]); }, column->data);
    if (column->kind != TypeKind::text) continue;
    for (const std::string_view text : column->as<std::string_view>()) bytes += text.size();
  }
  return bytes;
}

}  // namespace kappa::processor
