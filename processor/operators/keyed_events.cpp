#include "operators/keyed_events.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace kappa::processor {

std::vector<KeyChange> KeyedEvents::take_rows(const EventBatch& events, Batch& rows,
                                              std::vector<RejectedEvent>& rejected) {
  std::vector<std::uint32_t> kept;
  std::vector<KeyChange> changes;
  for (std::uint32_t row = 0; row < rows.rows; ++row) {
    const std::uint32_t event = rows.origin.event(row);
    if (ErrorPointer error = key_.check_row(rows, row, events.columns.keys.get(event))) {
      rejected.push_back({event, std::move(error)});
      continue;
    }
    changes.push_back({event, static_cast<std::uint32_t>(kept.size())});
    kept.push_back(row);
  }
  if (kept.size() != rows.rows) rows = gather(rows, kept);
  return changes;
}

std::vector<KeyChange> KeyedEvents::take_deletions(const EventBatch& events, std::vector<RejectedEvent>& rejected) {
  std::vector<std::uint32_t> chosen;
  for (const RejectedEvent& each : rejected) {
    if (!events.columns.values.has(each.event)) chosen.push_back(each.event);
  }
  if (chosen.empty()) return {};
  std::erase_if(rejected, [&](const RejectedEvent& each) { return !events.columns.values.has(each.event); });
  std::vector<ErrorPointer> errors = key_.check_deletions(events, chosen);
  std::vector<KeyChange> changes;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (errors[i]) {
      rejected.push_back({chosen[i], std::move(errors[i])});
    } else {
      changes.push_back({chosen[i], KeyChange::kNoRow});
    }
  }
  return changes;
}

std::vector<KeyChange> KeyedEvents::changes(const EventBatch& events, Batch& rows,
                                            std::vector<RejectedEvent>& rejected) {
  const std::vector<KeyChange> deletions = take_deletions(events, rejected);
  const std::vector<KeyChange> replacements = take_rows(events, rows, rejected);
  std::vector<KeyChange> changes;
  std::ranges::merge(deletions, replacements, std::back_inserter(changes), {}, &KeyChange::event, &KeyChange::event);
  return changes;
}

}  // namespace kappa::processor
