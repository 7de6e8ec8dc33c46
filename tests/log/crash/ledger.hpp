#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kappa/base/units.hpp"
#include "kappa/log/appender.hpp"
#include "kappa/log/directory.hpp"

namespace kappa::test {

/// The topics of a crash test: events, and the output of a view that consumes them.
enum class CrashTopic : std::uint8_t { events, view };
inline constexpr std::size_t kCrashTopics = 2;
inline constexpr std::array<const char*, kCrashTopics> kCrashTopicNames{"x", "v"};

/// A frame of one event, as a reader was given it.
struct FoundFrame {
  std::uint64_t digest = 0;  ///< Of the event's value; no two appends have the same.
  Sequence sequence;
  Offset offset;
  Offset consumed;  ///< Of a view's commit: how many events it had seen.
  friend bool operator==(const FoundFrame&, const FoundFrame&) = default;
};
using FoundFrames = std::array<std::vector<FoundFrame>, kCrashTopics>;

/// What a start after a crash found.
struct Found {
  FoundFrames frames;
  std::vector<log::RecoveryNote> notes;
  std::optional<Sequence> next;  ///< Of an append after it, where one was tried.
  std::string fault;             ///< A call that failed and must not; empty: none.
};

/// The oracle: what was appended, what was acknowledged, what a reader has been given; and from that, what must and
/// what may be found after a crash. Not thread-safe.
class Ledger {
 public:
  /// An append begins; returns its number in the topic.
  std::size_t begin(CrashTopic topic, const std::string& value);
  /// It has returned, and is not yet durable.
  void written(CrashTopic topic, std::size_t number, const log::Stamp& stamp);
  /// Everything written up to this append is acknowledged.
  void acknowledge(CrashTopic topic, std::size_t number);
  /// The append, or the wait for it, has failed: it, and what was not acknowledged before it, may or may not be found.
  void fail(CrashTopic topic, std::size_t number);
  /// A reader was given these, all there were.
  void seen(const FoundFrames& frames);

  enum class Crash { power, kill };
  /// What is wrong with what was found after a crash; empty: nothing.
  [[nodiscard]] std::string judge(const Found& found, Crash crash) const;
  [[nodiscard]] std::size_t begun(CrashTopic topic) const { return topics_[static_cast<std::size_t>(topic)].size(); }

 private:
  struct Entry {
    std::uint64_t digest = 0;
    std::optional<log::Stamp> stamp;
    bool acknowledged = false;
    bool seen = false;
    bool failed = false;
  };
  [[nodiscard]] std::string judge_topic(std::size_t topic, const Found& found, Crash crash) const;
  [[nodiscard]] std::string judge_frame(const Entry& entry, const FoundFrame& frame, std::size_t offset) const;
  [[nodiscard]] std::string judge_missing(const Entry& entry, Crash crash) const;

  std::array<std::vector<Entry>, kCrashTopics> topics_;
  Sequence highest_;  ///< Of what was acknowledged or given to a reader.
};

[[nodiscard]] std::uint64_t digest_of(std::string_view value);
/// Equal for equal outcomes.
[[nodiscard]] std::uint64_t hash_of(const Found& found);

}  // namespace kappa::test
