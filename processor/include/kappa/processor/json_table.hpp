#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kappa/base/event.hpp"
#include "kappa/processor/column.hpp"
#include "kappa/processor/plan.hpp"

namespace kappa::processor {

/// An event that is no row of its table, with the reason why.
struct RejectedEvent {
  std::uint32_t event = 0;
  ErrorPointer error;
};

/// Turns a topic's events into a table's rows: the JSON decoder. An event is a row if and only if its value is UTF-8,
/// one JSON object, and every declared column converts (semantics.md §2), whichever columns are asked for.
/// Not thread-safe: it keeps parser memory.
class JsonTableDecoder {
 public:
  /// `wanted`: the columns to materialise (declared and hidden, see kHiddenColumns), the others are only checked and
  /// are null pointers in the batch. The definition must outlive the decoder.
  JsonTableDecoder(const TableDefinition& table, std::vector<bool> wanted);
  ~JsonTableDecoder();

  /// Rows in event order; rejected events are left out of the rows and appended to `rejected`. The batch's text columns
  /// hold events.memory. Batch::origin says which event each row was.
  [[nodiscard]] Batch decode(const EventBatch& events, std::vector<RejectedEvent>& rejected);
  /// What events have that looks like a mistake and is none by the rules: a member that differs from a column only by
  /// case. A sentence each, once a column and decoder, none that was taken before.
  [[nodiscard]] std::vector<std::string> take_warnings();

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace kappa::processor
