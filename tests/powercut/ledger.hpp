#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "record.hpp"

namespace kappa::powercut {

/// What was told, and by that what must, may and must not be found: the oracle. It lies outside the box.
class Ledger {
 public:
  /// What a process told before the power went. Gives what contradicts what was told before, else nothing.
  [[nodiscard]] std::string note(const Record& record);
  /// Everything that somebody found in the directory after the power came back; gives what must not be so. What was
  /// found is held to have been seen from then on.
  [[nodiscard]] std::vector<std::string> judge(std::span<const Record> found);

  [[nodiscard]] std::uint64_t acknowledged() const { return acknowledged_; }
  [[nodiscard]] std::uint64_t delivered() const { return delivered_; }

 private:
  struct Event {
    std::uint64_t id = 0;
    std::uint64_t sequence = 0;
    friend bool operator==(const Event&, const Event&) = default;
  };
  enum class Existence : std::uint8_t { must, may, must_not };
  struct Topic {
    Existence existence = Existence::may;
    std::map<std::uint64_t, Event> events = {};  ///< By offset: all that anybody was told of.
    std::uint64_t begins_at_least = 0;
    std::uint64_t begins_at_most = 0;
  };
  struct Found {
    std::uint64_t begin = 0;
    std::map<std::uint64_t, Event> events;
  };
  using Faults = std::vector<std::string>;

  [[nodiscard]] std::string note_frame(const Record& record);
  static std::map<std::string, Found> sorted(std::span<const Record> records);
  void judge_topic(const std::string& name, Topic& topic, const Found& found, Faults& faults) const;
  void judge_order(const std::string& name, const Found& found, Faults& faults) const;
  void judge_once(const std::map<std::string, Found>& found, Faults& faults) const;
  void adopt(std::map<std::string, Found> found);

  std::map<std::string, Topic> topics_;
  /// The newest number that is known of each writer.
  std::map<std::uint64_t, std::uint64_t> newest_;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t delivered_ = 0;
};

}  // namespace kappa::powercut
