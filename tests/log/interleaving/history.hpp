#pragma once
#include <memory>
#include <ostream>
#include <stop_token>
#include <string>
#include <vector>

#include "kappa/base/event_builder.hpp"
#include "kappa/log/directory.hpp"
#include "protocol/ordered_reader.hpp"
#include "protocol/sequence_page.hpp"
#include "sim_seam.hpp"

namespace kappa::test {

/// Which of the scheduled processes is what, and to which topic (0 or 1) each appender appends, one event a time.
struct Scenario {
  std::string name;
  std::uint32_t reader = 2;
  std::vector<std::uint32_t> first;   ///< Topics of the appends of the first process that is not the reader.
  std::vector<std::uint32_t> second;  ///< Of the other one.
  enum class End { plain, tidy };
  friend std::ostream& operator<<(std::ostream& out, const Scenario& scenario) { return out << scenario.name; }
  End end = End::plain;  ///< `tidy`: each appender marks and syncs its partition in the end, as on closing.
  std::uint64_t segment_bytes = 256ull << 20;
};

/// A small history of two appenders and a merging reader over one directory with two topics, which can be run under
/// any schedule, always from the same beginning, and is checked after each run.
class History {
 public:
  static constexpr std::uint32_t kScheduled = 3;

  explicit History(Scenario scenario);
  ~History();

  struct Outcome {
    std::string fault;  ///< What is wrong; empty: nothing.
    std::vector<Step> trace;
  };
  [[nodiscard]] Outcome run(const Schedule& schedule);

 private:
  struct Frame {
    std::uint32_t input = 0;
    Sequence sequence;
    Micros append_time = 0;
    Offset offset;
    std::string value;
    bool operator==(const Frame&) const = default;
  };
  struct Attached;

  void make_directory();
  std::unique_ptr<Attached> attach(std::uint32_t process);
  void append(std::uint32_t process, const std::vector<std::uint32_t>& topics);
  void append_one(log::Partition& partition, std::uint32_t topic, const std::string& value);
  void read();
  [[nodiscard]] bool drain(log::OrderedReader& reader, Sequence bound);
  void close();
  void check_afterwards();
  [[nodiscard]] std::vector<Frame> replay(log::OrderedReader& reader);
  void replay_after_restart();
  void check_synced();
  void complain(const std::string& what);

  void check_order();
  void check_acknowledged();
  void check_delivered();

  Scenario scenario_;
  SimKernel kernel_;
  SimMachine beginning_;
  std::vector<log::TopicInfo> topics_;
  log::DirectoryId directory_{};
  std::uint64_t runs_ = 0;

  // Of the run that is under way.
  std::vector<std::unique_ptr<Attached>> attached_;
  std::stop_source stop_;
  std::vector<std::pair<std::uint32_t, std::string>> begun_;
  std::vector<Frame> acknowledged_;
  std::vector<Frame> delivered_;
  std::vector<Frame> replayed_;
  Sequence bound_;
  std::string fault_;
};

}  // namespace kappa::test
