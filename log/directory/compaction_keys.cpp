#include "directory/compaction_keys.hpp"

#include "fmt/format.h"
#include "format/hash.hpp"
#include "kappa/base/assert.hpp"

namespace kappa::log {

std::size_t CompactionKeys::Hash::operator()(std::string_view key) const {
  return hash_of(as_bytes(key));
}

Result<void> CompactionKeys::judge(const EventBatch& batch) {
  said_.clear();
  if (auto judged = compaction_.judge(batch, said_); !judged) return judged;
  KAPPA_ASSERT(said_.size() == batch.columns.count, "each event is judged");
  for (std::size_t i = 0; i < said_.size(); ++i)
    KAPPA_ASSERT(said_[i] == KeyedEvent::other || batch.columns.keys.has(i), "a row and a deletion have a key");
  return {};
}

Result<void> CompactionKeys::learn(const EventBatch& batch) {
  if (batch.sequence > through_ || batch.columns.count == 0) return {};
  if (auto judged = judge(batch); !judged) return judged;
  for (std::size_t i = 0; i < said_.size(); ++i)
    if (batch.columns.keys.has(i)) learn(batch, i);
  return {};
}

void CompactionKeys::learn(const EventBatch& batch, std::size_t event) {
  const std::string_view key = as_text(batch.columns.keys[event]);
  auto found = numbers_.find(key);
  if (found == numbers_.end()) {
    found = numbers_.emplace(std::string(key), static_cast<std::uint32_t>(lasts_.size())).first;
    lasts_.emplace_back();
  }
  Last& last = lasts_[found->second];
  last.has_row |= batch.columns.values.has(event);
  if (said_[event] == KeyedEvent::other) return;
  last.partition = batch.partition;
  last.offset = batch.offset(event);
  last.is_deletion = said_[event] == KeyedEvent::deletion;
}

bool CompactionKeys::may_go(const Last& last, Offset offset) const {
  if (last.partition != partition_ || offset != last.offset) return true;
  return last.is_deletion && !last.has_row && !(first_gap_ && *first_gap_ <= offset);
}

Result<void> CompactionKeys::decide(const EventBatch& batch, std::vector<bool>& stays) {
  stays.assign(batch.columns.count, true);
  if (batch.sequence > through_ || batch.columns.count == 0) return {};
  if (auto judged = judge(batch); !judged) return judged;
  for (std::size_t i = 0; i < said_.size(); ++i) {
    if (said_[i] == KeyedEvent::other) continue;
    const auto found = numbers_.find(as_text(batch.columns.keys[i]));
    KAPPA_ASSERT(found != numbers_.end(), "an event at or below the horizon is known");
    stays[i] = !may_go(lasts_[found->second], batch.offset(i));
  }
  return {};
}

}  // namespace kappa::log
