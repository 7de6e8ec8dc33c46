#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "kappa/base/units.hpp"

namespace kappa::log {

/// 128-bit identity of a topic; a re-created topic is another topic.
struct TopicId {
  std::array<std::uint64_t, 2> words{};
  friend auto operator<=>(const TopicId&, const TopicId&) = default;
};

/// Order-independent 128-bit hash of a view's contents with its row count (processor/fingerprint.hpp computes it).
struct StoredFingerprint {
  std::int64_t weight = 0;
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  friend bool operator==(const StoredFingerprint&, const StoredFingerprint&) = default;
};

/// How far a commit has consumed one input partition: every event below `end`.
struct ConsumedInput {
  TopicId topic;
  std::uint32_t partition = 0;
  Offset end;
  friend bool operator==(const ConsumedInput&, const ConsumedInput&) = default;
};

/// Kind of a commit: `changes` carries a changelog, `progress` says only how far a silent output has come.
enum class CommitKind : std::uint8_t { changes = 1, progress = 2 };

/// What a changelog frame carries beside its events, so that output and progress are one atomic write
/// (docs/log-format.md, "Commit block"). First, last and through of a commit are in the frame's header: group begin,
/// group end, consumed-through. `fingerprint` and `inputs` are meaningful in a commit's last frame only.
struct CommitBlock {
  CommitKind kind = CommitKind::changes;
  bool is_switch = false;     ///< The commit of a deploy; refused by name in this version.
  std::uint32_t version = 1;  ///< Version of the view.
  std::uint32_t epoch = 0;    ///< Owner that wrote it; grows with every run.
  Sequence from;              ///< `through` of the commit before; the changes are those of (from, through].
  StoredFingerprint fingerprint;
  std::vector<ConsumedInput> inputs;
};

}  // namespace kappa::log
