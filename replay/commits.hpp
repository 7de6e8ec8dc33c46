#pragma once
#include <optional>

#include "kappa/log/reader.hpp"
#include "kappa/replay/views.hpp"

namespace kappa::replay {

[[nodiscard]] processor::Fingerprint from_stored(const log::StoredFingerprint& stored);
[[nodiscard]] log::StoredFingerprint to_stored(const processor::Fingerprint& fingerprint);

/// Finds whole commits in a sequence of changelog frames: fed one frame after the other, it says when one closes.
/// A commit that is not closed before the next one begins is void (docs/log-format.md, "Commits").
class CommitScanner {
 public:
  /// The commit that this frame closes, if it closes one.
  [[nodiscard]] std::optional<RecordedCommit> add(const log::FrameInfo& frame);

 private:
  std::optional<RecordedCommit> open_;
};

}  // namespace kappa::replay
