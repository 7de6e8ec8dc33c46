#include "commits.hpp"

#include <utility>

namespace kappa::replay {

processor::Fingerprint from_stored(const log::StoredFingerprint& stored) {
  return {stored.weight, (static_cast<unsigned __int128>(stored.high) << 64U) | stored.low};
}

log::StoredFingerprint to_stored(const processor::Fingerprint& fingerprint) {
  return {fingerprint.weight, static_cast<std::uint64_t>(fingerprint.hash),
          static_cast<std::uint64_t>(fingerprint.hash >> 64U)};
}

std::optional<RecordedCommit> CommitScanner::add(const log::FrameInfo& frame) {
  if (!frame.commit) return std::nullopt;
  if (frame.group_begin || !open_) {
    open_ = RecordedCommit{};
    open_->first = frame.first_offset;
  }
  open_->events += frame.count;
  open_->end = frame.end_offset();
  if (!frame.group_end) return std::nullopt;
  open_->from = frame.commit->from;
  open_->through = frame.through;
  open_->fingerprint = from_stored(frame.commit->fingerprint);
  open_->epoch = frame.commit->epoch;
  open_->inputs = frame.commit->inputs;
  return std::exchange(open_, std::nullopt);
}

Result<std::vector<RecordedCommit>> recorded_commits(log::Directory& directory, std::string_view topic) {
  auto found = directory.catalog().find_topic(topic);
  if (!found) return propagate(found);
  if (!*found) return std::vector<RecordedCommit>{};
  auto reader = directory.reader(**found);
  if (!reader) return propagate(reader);
  CommitScanner scanner;
  std::vector<RecordedCommit> commits;
  for (;;) {
    auto frame = (*reader)->next_info();
    if (!frame) return propagate(frame);
    if (!*frame) return commits;
    if (auto commit = scanner.add(**frame)) commits.push_back(std::move(*commit));
  }
}

}  // namespace kappa::replay
