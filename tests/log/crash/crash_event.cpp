#include "crash_event.hpp"

#include "fmt/format.h"
#include "format/hash.hpp"

namespace kappa::test {

std::uint64_t digest_of(const EventColumns& columns) {
  return log::hash_of(as_bytes(fmt::format("{} {} {} {}", columns.timestamp(0), as_text(columns.keys[0]),
                                           columns.values.has(0), as_text(columns.values[0]))));
}

Result<void> judge_crash_events(const EventBatch& events, std::vector<log::KeyedEvent>& said) {
  said.clear();
  for (std::size_t i = 0; i < events.columns.count; ++i) {
    if (!events.columns.keys.has(i))
      said.push_back(log::KeyedEvent::other);
    else
      said.push_back(events.columns.values.has(i) ? log::KeyedEvent::row : log::KeyedEvent::deletion);
  }
  return {};
}

}  // namespace kappa::test
