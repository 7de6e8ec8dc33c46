#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kappa/base/event_builder.hpp"
#include "kappa/base/result.hpp"
#include "kappa/log/repack.hpp"

namespace kappa::test {

/// An event of a crash test. No two are equal: its timestamp is its number among those of its topic's name.
struct CrashEvent {
  Micros number = 0;
  std::optional<std::string> key;    ///< None: nothing replaces it.
  std::optional<std::string> value;  ///< None: it deletes its key's row.

  [[nodiscard]] bool is_deletion() const { return key && !value; }
  [[nodiscard]] EventBatchBuilder batch() const {
    EventBatchBuilder builder;
    builder.add({.timestamp = number,
                 .key = key ? std::optional(as_bytes(*key)) : std::nullopt,
                 .value = value ? std::optional(as_bytes(*value)) : std::nullopt,
                 .headers = {}});
    return builder;
  }
};

/// Of the event that a batch has; another one for each event.
[[nodiscard]] std::uint64_t digest_of(const EventColumns& columns);
/// What the table over a crash test's topic says of events.
[[nodiscard]] Result<void> judge_crash_events(const EventBatch& events, std::vector<log::KeyedEvent>& said);

}  // namespace kappa::test
