// One thread for all partitions of an open directory. A task is a partition that was appended to; it stays in the list
// until the partition has been quiet for a while, is then marked and synced once, and leaves. So an idle process has an
// idle thread, and a busy partition is not marked on every append (durable stretches are marked by the commits
// themselves).
#include "protocol/housekeeper.hpp"

#include <algorithm>

#include "kappa/base/shortage.hpp"
#include "protocol/group_commit.hpp"
#include "segment/seal.hpp"

namespace kappa::log {

Housekeeper::Housekeeper(Seam& seam, const ProtocolOptions& options)
    : seam_(seam), options_(options), thread_([this](const std::stop_token& stop) { work(stop); }) {}

Housekeeper::~Housekeeper() {
  thread_.request_stop();
  changed_.notify_all();
  thread_.join();
  perform_due(true);
}

void Housekeeper::appended(const std::shared_ptr<Partition>& partition, Due due) {
  const std::lock_guard guard(mutex_);
  auto task = std::ranges::find(tasks_, partition, &Task::partition);
  const bool wake = task == tasks_.end() || due != Due::mark_when_quiet;
  if (task == tasks_.end()) task = tasks_.insert(tasks_.end(), Task{partition, {}});
  task->last_append = seam_.monotonic();
  task->sync_now |= due == Due::sync_now;
  task->seal_now |= due == Due::seal_now;
  if (wake) changed_.notify_one();
}

std::vector<Housekeeper::Task> Housekeeper::take_due(bool all) {
  const std::lock_guard guard(mutex_);
  const auto quiet_since = seam_.monotonic() - options_.mark_after_quiet;
  std::vector<Task> due;
  for (Task& task : tasks_) {
    const bool quiet = all || task.last_append <= quiet_since;
    if (!quiet && !task.sync_now && !task.seal_now) continue;
    due.push_back(task);
    due.back().tidy = quiet;
    task.sync_now = task.seal_now = false;
    if (quiet) task.partition.reset();
  }
  std::erase_if(tasks_, [](const Task& task) { return task.partition == nullptr; });
  return due;
}

void Housekeeper::perform(const Task& task) {
  if (task.tidy)
    tidy_up(*task.partition);
  else if (task.sync_now)
    static_cast<void>(sync_and_publish(*task.partition));
  // A segment that stays unsealed is readable, and what keeps it from being sealed is verification's to tell. But only
  // a sealed one testifies, once it is the last, that a successor is lost: so it is done as soon as it can be.
  if (task.tidy || task.seal_now) static_cast<void>(seal_left_segments(seam_, task.partition->place().directory));
}

void Housekeeper::perform_due(bool all) {
  // What there is no memory for is done by whoever opens the directory next.
  static_cast<void>(told_of_shortage([this, all]() -> Result<void> {
    for (const Task& task : take_due(all)) perform(task);
    return {};
  }));
}

void Housekeeper::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    perform_due(false);
    std::unique_lock guard(mutex_);
    const auto is_due = [](const Task& task) { return task.sync_now || task.seal_now; };
    const auto any_due = [&] { return std::ranges::any_of(tasks_, is_due); };
    if (tasks_.empty())
      changed_.wait(guard, stop, [this] { return !tasks_.empty(); });
    else
      changed_.wait_for(guard, stop, options_.mark_after_quiet, any_due);
  }
}

void tidy_up(Partition& partition) {
  static_cast<void>(mark_durable_end(partition));
}

}  // namespace kappa::log
