#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kappa/base/units.hpp"
#include "kappa/log/directory.hpp"

namespace kappa::test {

/// The topics of a crash test: events, and the output of a view that consumes them.
enum class CrashTopic : std::uint8_t { events, view };
inline constexpr std::size_t kCrashTopics = 2;
inline constexpr std::array<const char*, kCrashTopics> kCrashTopicNames{"x", "v"};

/// A frame of one event, as a reader was given it.
using log::TopicId;

struct FoundFrame {
  std::uint64_t digest = 0;  ///< Of the event; no two appends have the same.
  Sequence sequence;
  Offset offset;
  TopicId input;    ///< Of a view's commit: which topic it has consumed,
  Offset consumed;  ///< and how far.
  friend bool operator==(const FoundFrame&, const FoundFrame&) = default;
};

/// A compaction that is on record: it may remove events at or below `through` from the segments [begin, end).
struct FoundCompaction {
  Sequence through;
  Offset begin;
  Offset end;
  friend bool operator==(const FoundCompaction&, const FoundCompaction&) = default;
};

/// A topic as it was found.
struct FoundTopic {
  std::optional<TopicId> id;  ///< nullopt: there is none of its name.
  bool retained = false;      ///< A retention is set.
  Offset recorded_start;      ///< Where the catalog has the log start,
  Offset start;               ///< and where it is.
  Offset end;
  std::vector<FoundCompaction> compactions;
  std::vector<FoundFrame> frames;
  /// Whether a compaction on record may have removed what stood there.
  [[nodiscard]] bool may_be_compacted(Offset offset, Sequence sequence) const {
    return std::ranges::any_of(compactions, [&](const FoundCompaction& one) {
      return sequence <= one.through && one.begin <= offset && offset < one.end;
    });
  }
  friend bool operator==(const FoundTopic&, const FoundTopic&) = default;
};
/// Both have these frames, but the second one may moreover have such as a compaction on record may take: the names of
/// the files that it has written are durable later than readers are given them.
[[nodiscard]] bool are_same_frames(const FoundTopic& shown, const FoundTopic& later);
using FoundTopics = std::array<FoundTopic, kCrashTopics>;

/// What a start after a crash found.
struct Found {
  FoundTopics topics;
  /// What the start after a loss of power showed right behind it, where that is not the same.
  std::optional<FoundTopics> later;
  std::vector<log::RecoveryNote> notes;
  // Where appending was tried afterwards:
  std::optional<Sequence> next;             ///< of the append,
  std::optional<std::uint32_t> next_epoch;  ///< of who became the view's owner.
  std::string fault;                        ///< A call that failed and must not; empty: none.
};

/// Equal for equal outcomes.
[[nodiscard]] std::uint64_t hash_of(const Found& found);
/// In a few words.
[[nodiscard]] std::string describe(const Found& found);

}  // namespace kappa::test
