#pragma once
#include <string>

#include "file_system.hpp"
#include "power_disk.hpp"

namespace kappa::powercut {

/// A machine to whose disk things happen: a file system on a disk whose power can be cut. Below `place`, which must be
/// in mounts of our own (enter_own_mounts). Not thread-safe.
class Box {
 public:
  Box(const FileSystem& file_system, std::string place, int outer_mounts);
  ~Box();

  /// Where the file system is mounted, while it is.
  [[nodiscard]] std::string root() const { return place_ + "/fs"; }
  [[nodiscard]] PowerDisk& disk() { return disk_; }

  /// Begins with an empty file system, mounted.
  void start_afresh();
  /// After a loss of power: ends what the kernel still does, and starts the machine again. The reason why the file
  /// system cannot be mounted any more, else nothing.
  [[nodiscard]] std::string start_again();
  /// Makes a copy of the disk as it was when the machine started last, before the file system's journal was replayed.
  [[nodiscard]] bool save_start(const std::string& file) { return disk_.save_start(file); }

 private:
  [[nodiscard]] std::string make_files();
  void leave();
  void give_new_boot_id();

  const FileSystem& file_system_;
  std::string place_;
  PowerDisk disk_;
  bool mounted_ = false;
  std::uint64_t starts_ = 0;
};

}  // namespace kappa::powercut
