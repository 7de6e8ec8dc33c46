#pragma once
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "schedule.hpp"
#include "seam/seam.hpp"
#include "seam/shared_page.hpp"
#include "sim_machine.hpp"

namespace kappa::test {

class SimKernel;

/// The seam of one simulated process: its descriptors, upon the files of a machine that it shares with the others.
/// After its process's death every call is without effect.
class SimSeam final : public log::Seam {
 public:
  SimSeam(SimKernel& kernel, std::uint32_t process) : kernel_(kernel), process_(process) {}

  void point(log::PointKind kind, const log::SharedPage& page, std::uint32_t offset) override;
  Result<log::File> open(const std::string& path, log::OpenMode mode) override;
  void close(int id) override;
  Result<std::size_t> read(const log::File& file, std::uint64_t position, std::span<std::byte> buffer) override;
  Result<std::size_t> read_device(const log::File& file, std::uint64_t position, std::span<std::byte> buffer) override;
  Result<void> write(const log::File& file, std::uint64_t position, std::span<const Bytes> parts) override;
  Result<void> sync_data(const log::File& file) override;
  Result<void> sync(const log::File& file) override;
  Result<std::uint64_t> size(const log::File& file) override;
  Result<void> allocate(const log::File& file, std::uint64_t size) override;
  Result<void> truncate(const log::File& file, std::uint64_t size) override;
  Result<void> copy_access(const log::File&, const log::File&) override { return {}; }
  bool linked(const log::File& file) override;
  Result<std::vector<std::string>> list(const std::string& directory) override;
  Result<void> make_directory(const std::string& path) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& path) override;
  Result<log::FileSystem> file_system(const std::string& path) override;
  Result<bool> lock(const log::File& file, log::LockMode mode, std::chrono::nanoseconds timeout) override;
  void unlock(const log::File& file) override;
  Result<log::SharedPage> map(const log::File& file, log::OpenMode mode) override;
  void unmap(std::byte* memory) override;
  void wait(const log::SharedPage& page, std::uint32_t offset, std::uint32_t expected, std::chrono::nanoseconds timeout,
            std::uint32_t channels) override;
  void wake(const log::SharedPage& page, std::uint32_t offset, std::uint32_t count, std::uint32_t channels) override;
  Micros now() override;
  std::chrono::nanoseconds monotonic() override;
  void yield() override;
  std::uint64_t random() override;
  std::uint32_t pid() override { return 1000 + process_; }
  std::uint64_t boot_id() override { return 77; }

 private:
  friend class SimKernel;
  struct Descriptor {
    std::string path;
    std::shared_ptr<SimFile> file;  ///< Null for a directory.
  };
  [[nodiscard]] const Descriptor& descriptor(const log::File& file) const;
  [[nodiscard]] SimFile& sim_file(const log::File& file) const { return *descriptor(file).file; }

  SimKernel& kernel_;
  std::uint32_t process_;
  std::vector<Descriptor> descriptors_;
};

/// What simulated processes share beside files: locks, sleepers, time. Outside of run() calls take no part in any
/// schedule (setting up, checking).
class SimKernel {
 public:
  /// Schedules apply to the first `scheduled` of the processes.
  SimKernel(std::uint32_t processes, std::uint32_t scheduled);

  /// Runs the bodies, one a process, under a schedule.
  std::vector<Step> run(const Schedule& schedule, const std::vector<std::function<void()>>& bodies);
  [[nodiscard]] SimSeam& seam(std::uint32_t process) { return *seams_[process]; }
  [[nodiscard]] Scheduler& scheduler() { return scheduler_; }
  [[nodiscard]] bool is_dead(std::uint32_t process) const { return dead_[process]; }
  /// Dead, or at its body's end.
  [[nodiscard]] bool is_over(std::uint32_t process) const { return dead_[process] || scheduler_.is_over(process); }
  /// Does something within a run that is no part of the history: a look at the state from outside.
  template <typename Look>
  void aside(const Look& look) {
    const bool running = std::exchange(running_, false);
    look();
    running_ = running;
  }

  /// Replaces the machine's files and forgets all locks, descriptors and deaths; nothing may be open.
  void reset(SimMachine machine);
  [[nodiscard]] SimMachine& machine() { return machine_; }

 private:
  friend class SimSeam;
  struct Holder {
    std::uint32_t process;
    int id;
    log::LockMode mode;
  };
  struct Lock {
    std::uint32_t place = 0;
    std::vector<Holder> holders;
  };
  struct Sleeper {
    const std::byte* word;
    std::uint32_t channels;
    bool woken = false;
  };
  void step(bool changes, const Access& access = {}) {
    if (running_) scheduler_.step(changes, access);
  }
  [[nodiscard]] Lock& lock_of(const std::string& path);
  void let_go(std::uint32_t process, int id);
  [[nodiscard]] static bool may_lock(const Lock& lock, std::uint32_t process, int id, log::LockMode mode);
  void give_up(std::uint32_t process);

  Scheduler scheduler_;
  std::vector<std::unique_ptr<SimSeam>> seams_;
  SimMachine machine_;
  std::map<std::string, Lock> locks_;
  std::vector<Sleeper*> sleepers_;
  std::vector<bool> dead_;
  bool running_ = false;
  std::uint64_t idle_ns_ = 0;  ///< Time that passes outside of run().
  std::uint64_t random_ = 0x9e3779b97f4a7c15ULL;
};

}  // namespace kappa::test
