#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crash_event.hpp"
#include "found.hpp"
#include "kappa/log/appender.hpp"

namespace kappa::test {

/// The oracle: what was appended, what was acknowledged, what a reader has been given, which events were told to go;
/// and from that, what must and what may be found after a crash. Not thread-safe.
class Ledger {
 public:
  // A topic begins and ends; it may do so again and again. Each of these is told before it begins, and once it is done.
  void creating(CrashTopic topic);
  /// A process knows that the topic is there, under this identity; nullopt: that there is none.
  void is_there(CrashTopic topic, std::optional<TopicId> id);
  void removing(CrashTopic topic);
  void removed(CrashTopic topic);

  /// An append begins; returns its number in the topic.
  std::size_t begin(CrashTopic topic, const CrashEvent& event);
  /// It has returned, and is not yet durable.
  void written(CrashTopic topic, std::size_t number, const log::Stamp& stamp);
  /// Everything written up to this append is acknowledged.
  void acknowledge(CrashTopic topic, std::size_t number);
  /// The append, or the wait for it, has failed: it, and what was not acknowledged before it, may or may not be found.
  void fail(CrashTopic topic, std::size_t number);
  /// A failure that nobody was told of may have taken anything that was not acknowledged.
  void fail_all();

  void setting_retention(CrashTopic topic);
  void set_retention(CrashTopic topic);
  /// The log start is about to move, to one of these after the other.
  void trimming(CrashTopic topic, std::vector<Offset> starts);
  /// It stands at this one, or where it was.
  void trimmed(CrashTopic topic, Offset start);
  /// Whoever compacts has been given these, and keeps what they make the table at the horizon; everything else at or
  /// below it may go.
  void compacting(CrashTopic topic, const FoundTopic& found, Sequence horizon);
  /// Durably; these are left.
  void compacted(CrashTopic topic, const FoundTopic& found);
  void owning(CrashTopic topic);
  void owned(CrashTopic topic, std::uint32_t epoch);

  /// A process has closed the directory in order: everything is marked.
  void closed();
  /// True of an event of the last two groups of appends that one sync each has covered, unless it is marked and marks
  /// count; and of one that was never acknowledged.
  [[nodiscard]] bool in_last_groups(CrashTopic topic, std::uint64_t digest, bool marks_count) const;

  /// A reader was given these, all there were.
  void seen(const FoundTopics& topics);

  enum class Crash { power, kill };
  /// What is wrong with what was found after a crash; empty: nothing.
  [[nodiscard]] std::string judge(const Found& found, Crash crash) const;
  /// Of all topics of this name.
  [[nodiscard]] std::size_t begun(CrashTopic topic) const { return topics_[static_cast<std::size_t>(topic)].begun; }

 private:
  struct Entry {
    std::uint64_t digest = 0;
    std::string key;  ///< Empty: none.
    bool is_deletion = false;
    std::optional<log::Stamp> stamp;
    bool acknowledged = false;
    bool seen = false;
    bool failed = false;
    std::uint32_t group = 0;  ///< Of an acknowledged one: the sync that covered it.
    bool may_go = false;      ///< A compaction, at the least up to `horizon`, has begun that does not need it,
    bool gone = false;        ///< and has removed it durably.
    Sequence horizon = {};
    Offset offset = {};  ///< Of one that may go.
  };
  /// Something that was begun so many times and done so many times.
  struct Attempts {
    std::uint32_t begun = 0;
    std::uint32_t done = 0;
    [[nodiscard]] bool under_way() const { return begun != done; }
  };
  /// One topic of a name, from its creation to its removal.
  struct Life {
    std::optional<TopicId> id;  ///< Once its creation has returned.
    bool removing = false;
    bool removed = false;
    std::vector<Entry> entries;
    Offset start;
    std::vector<Offset> next_starts;  ///< While it moves.
    Attempts trims;
    Attempts retention;
    Attempts ownership;
    std::uint32_t epoch = 0;
    std::uint32_t groups = 0;  ///< Syncs that covered something.
    std::uint32_t marked = 0;  ///< Groups that a synced mark covers.
  };
  struct Topic {
    std::vector<Life> lives;
    std::size_t begun = 0;
  };
  [[nodiscard]] Life& life(CrashTopic topic) { return topics_[static_cast<std::size_t>(topic)].lives.back(); }
  [[nodiscard]] static std::string judge_existence(const Topic& topic, const FoundTopic& found);
  [[nodiscard]] static std::string judge_start(const Life& life, const FoundTopic& found);
  [[nodiscard]] static std::string judge_frames(const Life& life, const FoundTopic& found, Crash crash);
  [[nodiscard]] static std::string judge_frame(const Entry& entry, const FoundFrame& frame, Offset offset);
  [[nodiscard]] static bool is_trimmed(const Entry& entry, const FoundTopic& found);
  [[nodiscard]] static std::string judge_missing(const Entry& entry, Crash crash);
  [[nodiscard]] static std::string judge_rows(const Life& life, const FoundTopic& found);
  [[nodiscard]] static std::string judge_notes(const Life& life, const FoundTopic& found, std::string_view name,
                                               const std::vector<log::RecoveryNote>& notes);
  [[nodiscard]] std::string judge_topics(const FoundTopics& found, Crash crash) const;
  [[nodiscard]] static std::string judge_topic(const Topic& topic, const FoundTopic& found, Crash crash);

  std::array<Topic, kCrashTopics> topics_;
  Sequence highest_;  ///< Of what was acknowledged or given to a reader.
};

}  // namespace kappa::test
