#pragma once
#include <optional>
#include <vector>

#include "kappa/base/event.hpp"

namespace kappa {

/// Collects optional byte strings into the memory behind a BytesColumn. Reusable after clear().
class BytesColumnBuilder {
 public:
  void add(std::optional<Bytes> value) {
    if (value) bytes_.insert(bytes_.end(), value->begin(), value->end());
    close(value.has_value());
  }
  /// For writers that build a value in place: append to bytes(), then close(true).
  [[nodiscard]] std::vector<std::byte>& bytes() { return bytes_; }
  void close(bool present) {
    if (offsets_.empty()) offsets_.push_back(0);
    offsets_.push_back(static_cast<std::uint32_t>(bytes_.size()));
    present_.push_back(present ? 1 : 0);
    present ? ++present_count_ : ++absent_count_;
  }
  void clear() {
    bytes_.clear(), offsets_.clear(), present_.clear();
    present_count_ = absent_count_ = 0;
  }
  /// Valid until the next call that changes this builder.
  [[nodiscard]] BytesColumn view() const {
    if (present_count_ == 0) return {};
    BytesColumn column{offsets_, {}, bytes_};
    if (absent_count_ != 0) column.present = present_;
    return column;
  }

 private:
  std::vector<std::byte> bytes_;
  std::vector<std::uint32_t> offsets_;
  std::vector<std::uint8_t> present_;
  std::size_t present_count_ = 0;
  std::size_t absent_count_ = 0;
};

/// An event given one by one, as views; copied by EventBatchBuilder::add.
struct EventView {
  Micros timestamp = kNoTimestamp;
  std::optional<Bytes> key = {};
  std::optional<Bytes> value = {};
  Bytes headers = {};  ///< Encoded (kappa/base/headers.hpp); empty for none.
};

/// Collects events into EventColumns for an append. Not thread-safe; reusable after clear().
class EventBatchBuilder {
 public:
  void add(const EventView& event) {
    timestamps_.push_back(event.timestamp);
    has_timestamps_ |= event.timestamp != kNoTimestamp;
    keys_.add(event.key);
    values_.add(event.value);
    headers_.add(event.headers.empty() ? std::nullopt : std::optional<Bytes>(event.headers));
    raw_bytes_ += (event.key ? event.key->size() : 0) + (event.value ? event.value->size() : 0) + event.headers.size();
  }
  void clear() {
    timestamps_.clear(), keys_.clear(), values_.clear(), headers_.clear();
    has_timestamps_ = false;
    raw_bytes_ = 0;
  }
  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(timestamps_.size()); }
  [[nodiscard]] std::size_t raw_bytes() const { return raw_bytes_; }
  /// Valid until the next call that changes this builder.
  [[nodiscard]] EventColumns columns() const {
    EventColumns columns{count(), {}, keys_.view(), values_.view(), headers_.view()};
    if (has_timestamps_) columns.timestamps = timestamps_;
    return columns;
  }

 private:
  std::vector<Micros> timestamps_;
  bool has_timestamps_ = false;
  std::size_t raw_bytes_ = 0;
  BytesColumnBuilder keys_, values_, headers_;
};

}  // namespace kappa
