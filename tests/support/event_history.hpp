#pragma once
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kappa/base/event.hpp"
#include "text_event.hpp"

namespace kappa::test {

/// A batch of events that owns its bytes, with the padding that decoders may read.
inline EventBatch make_batch(std::uint32_t input, Sequence sequence, Offset first,
                             const std::vector<TextEvent>& events) {
  struct Memory {
    EventBatchBuilder builder;
    std::vector<std::byte> padded;
  };
  auto memory = std::make_shared<Memory>();
  for (const TextEvent& event : events) memory->builder.add(event.view());
  EventBatch batch;
  batch.input = input;
  batch.sequence = sequence;
  batch.append_time = 1'000'000;
  batch.first_offset = first;
  batch.offset_span = static_cast<std::uint32_t>(events.size());
  batch.columns = memory->builder.columns();
  const Bytes bytes = batch.columns.values.bytes;
  memory->padded.resize(bytes.size() + kReadPadding);
  if (!bytes.empty()) std::memcpy(memory->padded.data(), bytes.data(), bytes.size());
  batch.columns.values.bytes = Bytes(memory->padded).first(bytes.size());
  batch.memory = std::move(memory);
  return batch;
}

/// Appends to the topics of a processor: what a test feeds in one split or another.
class EventHistory {
 public:
  struct Append {
    std::uint32_t input = 0;
    std::vector<TextEvent> events;
  };

  void append(std::uint32_t input, std::vector<TextEvent> events) { appends_.push_back({input, std::move(events)}); }
  [[nodiscard]] const std::vector<Append>& appends() const { return appends_; }

 private:
  std::vector<Append> appends_;
};

}  // namespace kappa::test
