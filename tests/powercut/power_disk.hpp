#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>

#include "disk_image.hpp"

namespace kappa::powercut {

/// A disk whose power can be cut, as a file that a loop device can stand on; a process of its own serves it, which ends
/// with this object or with this process. Not thread-safe. What goes wrong with that process ends this one.
class PowerDisk {
 public:
  /// Over the file `path`, with the size of the file `empty`, and as if it had just been made from that.
  /// `outer_mounts`: the mount namespace in which the serving process is, not that of those who use the disk.
  PowerDisk(const std::string& path, const std::string& empty, int outer_mounts);
  PowerDisk(const PowerDisk&) = delete;
  PowerDisk& operator=(const PowerDisk&) = delete;
  ~PowerDisk();

  /// Becomes the content of `empty` again. False: it cannot be read.
  [[nodiscard]] bool load_empty();
  /// See DiskImage. The path is one of the outer mounts.
  [[nodiscard]] bool save_start(const std::string& file);

  /// The power goes with the n-th write or flush from now on (0: not by itself). The seed decides what is left.
  void arm(std::uint64_t requests, std::uint64_t seed);
  /// Readable once the power has gone. From then on no request is answered until everybody_is_dead().
  [[nodiscard]] int gone() const { return control_; }
  /// It goes now, if it has not gone yet.
  void cut();
  /// Once the power has gone: what was lost.
  [[nodiscard]] Loss loss();
  /// Nobody is left who could tell of an answer: requests are answered again, so that what is in the kernel can end.
  void everybody_is_dead();
  /// Once nothing in the kernel uses it any more: the machine starts again.
  void restart();

 private:
  int control_ = -1;
  pid_t server_ = -1;
};

}  // namespace kappa::powercut
