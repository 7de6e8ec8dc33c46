#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kappa/base/event_builder.hpp"
#include "kappa/processor/json_table.hpp"
#include "kappa/processor/row_codec.hpp"

namespace kappa::test {

/// A JSON table fed with events given as text: what became rows, and why the others did not. Offsets begin at 100, the
/// sequence is 7, the append time 1 s after 1970.
class DecodedTable {
 public:
  explicit DecodedTable(processor::Schema schema)
      : wanted_(schema.size() + processor::kHiddenColumns, false), memory_(std::make_shared<std::string>()) {
    for (std::size_t i = 0; i < schema.size(); ++i) wanted_[i] = true;
    table_.name = "t";
    table_.topic = "t";
    table_.columns = std::move(schema);
  }
  DecodedTable& want(const std::vector<bool>& declared) {
    std::copy(declared.begin(), declared.end(), wanted_.begin());
    return *this;
  }
  DecodedTable& want_hidden() {
    std::fill(wanted_.begin() + static_cast<std::ptrdiff_t>(table_.columns.size()), wanted_.end(), true);
    return *this;
  }
  DecodedTable& add(std::string_view value, std::optional<std::string_view> key = {}) {
    builder_.add({kNoTimestamp, key ? std::optional<Bytes>(as_bytes(*key)) : std::nullopt, as_bytes(value), {}});
    return *this;
  }
  DecodedTable& add_absent() {
    builder_.add({});
    return *this;
  }
  DecodedTable& decode(const std::vector<std::string_view>& values) {
    for (const std::string_view value : values) add(value);
    return decode();
  }
  DecodedTable& decode() {
    events_.columns = builder_.columns();
    events_.sequence = Sequence{7};
    events_.first_offset = Offset{100};
    events_.append_time = 1'000'000;
    memory_->assign(as_text(events_.columns.values.bytes));
    const std::size_t bytes = memory_->size();
    memory_->resize(bytes + kReadPadding, '"');  // Padding that looks like JSON must not be taken for it.
    events_.columns.values.bytes = as_bytes(*memory_).first(bytes);
    events_.memory = memory_;
    processor::JsonTableDecoder decoder(table_, wanted_);
    batch_ = decoder.decode(events_, rejected_);
    warnings_ = decoder.take_warnings();
    EXPECT_TRUE(decoder.take_warnings().empty());
    return *this;
  }

  [[nodiscard]] const processor::Batch& batch() const { return batch_; }
  [[nodiscard]] const std::vector<processor::RejectedEvent>& rejected() const { return rejected_; }
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
  [[nodiscard]] std::vector<std::string> rows() const {
    std::vector<std::string> rows(batch_.rows);
    for (std::size_t row = 0; row < batch_.rows; ++row) row_to_json(table_.columns, batch_, row, rows[row]);
    return rows;
  }
  [[nodiscard]] std::vector<std::string> sqlstates() const {
    std::vector<std::string> states;
    for (const auto& event : rejected_) states.emplace_back(event.error->sqlstate.data(), 5);
    return states;
  }
  [[nodiscard]] std::string only_sqlstate() const { return rejected_.size() == 1 ? sqlstates()[0] : "none"; }
  [[nodiscard]] const std::vector<std::string_view>& texts(std::size_t column) const {
    return batch_.columns[column]->as<std::string_view>();
  }

 private:
  processor::TableDefinition table_;
  std::vector<bool> wanted_;
  EventBatchBuilder builder_;
  std::shared_ptr<std::string> memory_;  // Shared with the batch's columns.
  EventBatch events_;
  processor::Batch batch_;
  std::vector<processor::RejectedEvent> rejected_;
  std::vector<std::string> warnings_;
};

}  // namespace kappa::test
