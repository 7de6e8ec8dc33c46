#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "kappa/base/result.hpp"
#include "kappa/processor/column.hpp"
#include "kappa/processor/plan.hpp"

namespace kappa::processor {

/// Collects one view's rejected rows until they are taken as changes of its errors output, whose columns are
/// errors_schema(): the last four are NULL where no single event is to blame, value also where the event has none. See
/// event_value_text() for values that are no text. A row of a keyed table can be taken back when its event is long
/// gone: the values of such events are kept as long as errors name them.
class ErrorLog {
 public:
  /// `view` is for messages.
  explicit ErrorLog(std::string view) : view_(std::move(view)) {}

  /// A row that leaves an operator's input, with its weight; its event is to blame if the batch knows it.
  void reject(const Batch& batch, std::size_t row, const ErrorPointer& error);
  /// An event that is no row of its table.
  void reject_event(std::string_view topic, const EventBatch& events, std::uint32_t event, const ErrorPointer& error);

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  void discard() { entries_.clear(); }
  /// The entries as a batch of errors_schema(), which owns its bytes; leaves none behind.
  [[nodiscard]] Batch take();
  [[nodiscard]] std::size_t state_bytes() const { return remembered_bytes_; }
  /// What ends a run whose view says on_error = 'stop': the first entry by (topic, partition, offset, error).
  [[nodiscard]] Error stop_error() const;

 private:
  struct Place {
    std::string_view topic;
    std::uint32_t partition = 0;
    std::uint64_t offset = 0;
    std::optional<std::string> value;
  };
  struct Entry {
    ErrorPointer error;
    std::int64_t weight = 1;
    std::optional<Place> place;
    bool is_keyed = false;  ///< Of a keyed table's row.
  };
  /// The value of an event that errors name, and their number.
  struct Remembered {
    std::optional<std::string> value;
    std::int64_t errors = 0;
  };
  static Place place_of(std::string_view topic, const EventBatch& events, std::uint32_t event);
  void remember(const Entry& entry);
  void recall(Entry& entry);

  std::string view_;
  std::vector<Entry> entries_;
  std::map<std::tuple<std::string_view, std::uint32_t, std::uint64_t>, Remembered> remembered_;
  std::size_t remembered_bytes_ = 0;
};

}  // namespace kappa::processor
