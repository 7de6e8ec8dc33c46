#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "protocol/partition.hpp"

namespace kappa::log {

/// The thread that does for a process what no appender should wait for: it syncs long unsynced stretches, marks and
/// syncs a partition that has gone quiet, seals segments that were left. Thread-safe. Ends, with all that is due done,
/// in its destructor. It keeps no errors: a failed sync is in the partition's head, and the rest is tried again.
class Housekeeper {
 public:
  Housekeeper(Seam& seam, const ProtocolOptions& options);
  ~Housekeeper();

  enum class Due { mark_when_quiet, sync_now, seal_now };
  /// Told after each append; `seal_now` by the one that found a new segment.
  void appended(const std::shared_ptr<Partition>& partition, Due due);

 private:
  struct Task {
    std::shared_ptr<Partition> partition;
    std::chrono::nanoseconds last_append{};
    bool sync_now = false;
    bool seal_now = false;
    bool tidy = false;  ///< Taken because it has gone quiet.
  };
  void work(const std::stop_token& stop);
  /// Takes the tasks that are due out of the list.
  [[nodiscard]] std::vector<Task> take_due(bool all);
  void perform(const Task& task);
  void perform_due(bool all);

  Seam& seam_;
  ProtocolOptions options_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<Task> tasks_;
  std::jthread thread_;  ///< Last, so that it ends before what it uses.
};

/// What is due for a partition that has gone quiet, or is being closed: mark and sync.
void tidy_up(Partition& partition);

}  // namespace kappa::log
