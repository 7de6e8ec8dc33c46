#pragma once
#include <chrono>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "box.hpp"
#include "children.hpp"
#include "ledger.hpp"
#include "record_pipe.hpp"

namespace kappa::powercut {

struct CampaignOptions {
  std::string self;       ///< This program, for the processes in the box.
  std::string kappa;      ///< The command.
  std::string place;      ///< Where the box stands.
  int outer_mounts = -1;  ///< See PowerDisk.
  std::string kept;       ///< Folder for the disk of a fault.
  std::uint64_t cuts = 1000;
  std::uint64_t seed = 1;
  std::chrono::seconds limit{0};  ///< Ends then, whatever the number of cuts; 0: no limit.
  std::string planted;            ///< A mistake that the processes in the box make.
};

struct Figures {
  std::uint64_t cuts = 0;
  std::uint64_t cuts_in_recovery = 0;  ///< Of them.
  std::uint64_t sectors_lost = 0;
  std::uint64_t acknowledged = 0;  ///< Events.
  std::uint64_t delivered = 0;     ///< Events.
  std::uint64_t torn_tails = 0;
  std::vector<std::string> faults;
};

/// Cuts the power of one kind of file system, again and again, on one disk up to twenty times, then on a new one; ends
/// with the first fault.
class Campaign {
 public:
  Campaign(const FileSystem& file_system, CampaignOptions options);
  [[nodiscard]] Figures run();

 private:
  [[nodiscard]] bool goes_on() const;
  void cut_one_disk();
  void cut_at_work();
  void cut_in_recovery();
  [[nodiscard]] Command worker(const std::string& role, const RecordPipe& pipe);
  using Sink = std::function<void(const Record&)>;
  /// Until the power has gone, a process has ended, or time is up; then cuts it, buries them and starts again.
  void wait_and_cut(RecordPipe& pipe, std::chrono::milliseconds limit, const Sink& sink);
  void wait_for_dark(RecordPipe& pipe, std::chrono::milliseconds limit, const Sink& sink);
  void check();
  [[nodiscard]] std::vector<Record> inspect(const std::string& role);
  void check_again(const std::vector<Record>& before);
  void check_command();
  void check_view(const std::string& view);
  std::string output_of(const Command& command);
  void fault(const std::string& what);

  const FileSystem& file_system_;
  CampaignOptions options_;
  Box box_;
  std::string directory_;
  std::mt19937_64 random_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  Figures figures_;
  Ledger ledger_;
  bool has_inputs_ = false;  ///< The views' topics are there.
  std::uint64_t writers_ = 0;
  Children children_;
};

}  // namespace kappa::powercut
