#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "collected_changes.hpp"
#include "event_history.hpp"
#include "kappa/processor/processor.hpp"

namespace kappa::test {

/// A processor and what it emitted, with the verbs of these tests.
class RunningViews {
 public:
  explicit RunningViews(processor::Program program, const std::vector<std::string>& names = {})
      : processor_(std::move(*processor::make_processor(std::move(program), names))), collected_(*processor_) {}

  Result<void> append(const std::vector<TextEvent>& events, std::uint32_t input = 0) {
    const EventBatch batch = make_batch(input, Sequence{++sequence_}, Offset{offset_}, events);
    offset_ += events.size();
    return processor_->process(batch);
  }
  std::vector<std::string> advance() {
    EXPECT_TRUE(processor_->advance(Sequence{sequence_}, collected_).has_value());
    return collected_.take_last();
  }
  std::vector<std::string> changes_of(const std::vector<TextEvent>& events) {
    EXPECT_TRUE(append(events).has_value());
    return advance();
  }
  processor::Processor& processor() { return *processor_; }

 private:
  std::unique_ptr<processor::Processor> processor_;
  CollectedChanges collected_;
  std::uint64_t sequence_ = 0;
  std::uint64_t offset_ = 0;
};

}  // namespace kappa::test
