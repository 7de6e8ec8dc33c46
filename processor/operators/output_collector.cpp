// What a view emits. Rows are copied out of their frames when they are taken, since one kept row must not hold a frame
// of a megabyte until the end of the interval.
#include "operators/output_collector.hpp"

#include <algorithm>
#include <utility>

#include "operators/batch_tools.hpp"
#include "operators/consolidate.hpp"

namespace kappa::processor {

OutputCollector::OutputCollector(OutputOrder order, std::optional<std::vector<std::uint32_t>> key)
    : order_(order), key_(std::move(key)) {}

void OutputCollector::push(Batch batch) {
  if (batch.rows != 0) staged_.push_back(std::move(batch));
}

void OutputCollector::apply() {
  for (Batch& batch : std::exchange(staged_, {})) {
    // Only rows of events point into memory that is not theirs.
    pending_.push_back(batch.origin.batch != nullptr ? own(std::move(batch)) : std::move(batch));
    pending_.back().origin = {};
    pending_bytes_ += std::max(batch_bytes(pending_.back()), pending_.back().rows * kChangeBytes);
  }
}

void OutputCollector::emit() {
  pending_bytes_ = 0;
  std::vector<Batch> pending = std::exchange(pending_, {});
  ready_ = order_ == OutputOrder::arrival ? std::move(pending) : consolidate(std::move(pending), key_);
  for (Consumer* reader : readers_) {
    for (const Batch& batch : ready_) reader->push(batch);
  }
}

Result<void> OutputCollector::deliver(std::size_t output, ChangeSink& sink) {
  for (const Batch& batch : std::exchange(ready_, {})) {
    Result<void> taken = sink.changes(output, batch);
    if (!taken) return propagate(taken);
  }
  return {};
}

}  // namespace kappa::processor
