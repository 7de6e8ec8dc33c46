#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "crash_disk.hpp"
#include "seam/seam.hpp"
#include "seam/shared_page.hpp"

namespace kappa::test {

/// The operating system of a simulated machine with one process at work: files upon a CrashDisk, locks that are always
/// free but for one, time that passes with each look at it. Before each call that changes or syncs anything, and before
/// each store to a shared page, it tells who watches: there a crash finds something else than before. Not thread-safe.
class DiskSeam final : public log::Seam {
 public:
  /// A place at which a crash may come. Writes of several parts have one before each.
  enum class Point { call, store };
  using Watcher = std::function<void(Point)>;

  /// Whether others that do nothing have the data directory open, so that this process never is alone with it.
  enum class Company { none, others };

  explicit DiskSeam(CrashDisk& disk, Watcher watcher = {}, Company company = Company::none)
      : disk_(disk), watcher_(std::move(watcher)), company_(company) {}

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
  std::uint32_t pid() override { return 1000; }
  std::uint64_t boot_id() override { return disk_.boot; }

  /// For decorators: the file behind a descriptor.
  [[nodiscard]] Inode& inode(const log::File& file) const { return *descriptors_[static_cast<std::size_t>(file.id())]; }
  [[nodiscard]] CrashDisk& disk() const { return disk_; }
  /// Others may have the directory open now: the lock on its lifetime is shared.
  [[nodiscard]] bool others_may_be() const { return shares_; }

 private:
  void watch(Point point);

  CrashDisk& disk_;
  Watcher watcher_;
  Company company_;
  bool shares_ = false;
  std::vector<std::shared_ptr<Inode>> descriptors_;                    // Shared: open files outlive their names.
  std::vector<std::pair<std::byte*, std::shared_ptr<Inode>>> mapped_;  // Shared: mappings outlive both.
  std::vector<int> free_;
};

}  // namespace kappa::test
