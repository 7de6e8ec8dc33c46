// That a topic is compacted by key is a decision of whoever knows its tables, made upon one state of the catalog: so it
// is recorded on condition that the catalog has not moved.
#include <algorithm>
#include <limits>

#include "directory/catalog_json.hpp"
#include "directory/log_directory.hpp"
#include "fmt/format.h"
#include "kappa/base/assert.hpp"
#include "kappa/log/repack.hpp"

namespace kappa::log {

Result<bool> LogDirectory::record_if(const TopicInfo& topic, std::string_view kind, const std::string& body,
                                     Offset catalog_end) {
  if (auto there = check_still_there(topic); !there) return propagate(there);
  auto recorded = catalog_->append({{std::string(kind), topic.name, body, {}}}, catalog_end);
  if (recorded) return true;
  if (recorded.error().code == Errc::conflict) return false;
  return propagate(recorded);
}

Result<bool> LogDirectory::set_compaction(const TopicInfo& topic, std::optional<Micros> after, Offset catalog_end) {
  if (auto writable = check_writable(); !writable) return propagate(writable);
  if (topic.kind != TopicKind::user)
    return fail(Errc::usage, fmt::format("'{}' is no topic of a user's: it keeps every event", topic.name));
  if (after && *after < 0) return fail(Errc::usage, "an age is 0 or more");
  return record_if(topic, kCompactionSet, compaction_body({topic.id, after}), catalog_end);
}

Result<Sequence> last_older_than(Directory& directory, const TopicInfo& topic, Micros age) {
  auto* const log = dynamic_cast<LogDirectory*>(&directory);
  KAPPA_ASSERT(log != nullptr, "only a directory that was opened has a clock");
  Sequence last{std::numeric_limits<std::uint64_t>::max()};
  if (age == 0) return last;
  const Micros cut = log->environment().seam.now() - age;
  for (std::uint32_t partition = 0; partition < topic.partitions; ++partition) {
    auto reader = directory.reader(topic, partition);
    if (!reader) return propagate(reader);
    auto first = (*reader)->offset_at(cut);
    if (!first) return propagate(first);
    if (auto placed = (*reader)->seek(*first); !placed) return propagate(placed);
    auto young = (*reader)->next_info();
    if (!young) return propagate(young);
    if (*young) last = std::min(last, Sequence{(*young)->sequence.value - 1});
  }
  return last;
}

}  // namespace kappa::log
