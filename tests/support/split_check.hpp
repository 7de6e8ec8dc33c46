#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <random>
#include <vector>

#include "collected_changes.hpp"
#include "event_history.hpp"
#include "kappa/processor/processor.hpp"

namespace kappa::test {

using ProcessorFactory = std::function<std::unique_ptr<processor::Processor>()>;

/// Feeds a history to a new processor. Before each event `cut(…)` decides whether a batch ends there, and after each
/// batch `advance(…)` whether the interval does; both are asked for a decision only.
template <typename Decide>
std::unique_ptr<CollectedChanges> feed(processor::Processor& processor, const EventHistory& history, Decide cut,
                                       Decide advance) {
  auto collected = std::make_unique<CollectedChanges>(processor);
  std::vector<std::uint64_t> offsets(processor.inputs().size());
  std::uint64_t sequence = 0;
  const auto give = [&](std::uint32_t input, std::vector<TextEvent>& events) {
    if (events.empty()) return;
    const Offset first{offsets[input]};
    offsets[input] += events.size();
    EXPECT_TRUE(processor.process(make_batch(input, Sequence{sequence}, first, events)).has_value());
    events.clear();
    if (!advance()) return;
    EXPECT_TRUE(processor.advance(Sequence{sequence}, *collected).has_value());
  };
  for (const EventHistory::Append& append : history.appends()) {
    ++sequence;
    std::vector<TextEvent> events;
    for (const TextEvent& event : append.events) {
      if (cut()) give(append.input, events);
      events.push_back(event);
    }
    give(append.input, events);
  }
  EXPECT_TRUE(processor.advance(Sequence{sequence}, *collected).has_value());
  return collected;
}

/// The contract of Processor: results depend on the events alone. Compares contents and fingerprints after the whole
/// history in one piece with those after random splits and random advances. `seed` is printed where they differ.
inline void expect_split_independence(const ProcessorFactory& make, const EventHistory& history, unsigned seed,
                                      int rounds = 8) {
  const std::unique_ptr<processor::Processor> whole = make();
  const auto never = std::function<bool()>([] { return false; });
  const auto expected = feed(*whole, history, never, never);
  std::mt19937 random(seed);
  for (int round = 0; round < rounds; ++round) {
    const std::unique_ptr<processor::Processor> split = make();
    const auto sometimes = std::function<bool()>([&] { return random() % 3 == 0; });
    const auto actual = feed(*split, history, sometimes, sometimes);
    ASSERT_EQ(actual->contents(), expected->contents()) << "seed " << seed << ", round " << round;
    ASSERT_EQ(actual->fingerprints(), expected->fingerprints()) << "seed " << seed << ", round " << round;
  }
}

}  // namespace kappa::test
