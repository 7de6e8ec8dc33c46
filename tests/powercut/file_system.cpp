#include "file_system.hpp"

#include <fcntl.h>
#include <linux/loop.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "bound_fork.hpp"
#include "fmt/format.h"

namespace kappa::powercut {
namespace {

constexpr std::uint64_t kMiB = 1ull << 20U;

[[noreturn]] void give_up(const std::string& doing) {
  std::fprintf(stderr, "powercut: cannot %s: %s\n", doing.c_str(), std::strerror(errno));
  std::exit(1);
}

/// A free loop device, opened; its path.
int open_free_loop(std::string& path) {
  const int control = ::open("/dev/loop-control", O_RDWR | O_CLOEXEC);
  const int number = control < 0 ? -1 : ioctl(control, LOOP_CTL_GET_FREE);
  if (control >= 0) ::close(control);
  if (number < 0) return -1;
  path = fmt::format("/dev/loop{}", number);
  return ::open(path.c_str(), O_RDWR | O_CLOEXEC);
}

/// A loop device on the file, opened: it goes with its last user. Another process may take the free one first.
int attach_loop(int file, std::string& path) {
  loop_config config{};
  config.fd = static_cast<std::uint32_t>(file);
  config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
  for (int attempt = 0; attempt < 100; ++attempt) {
    const int loop = open_free_loop(path);
    if (loop < 0) return -1;
    if (ioctl(loop, LOOP_CONFIGURE, &config) == 0) return loop;
    const int error = errno;
    ::close(loop);
    errno = error;
    if (error != EBUSY) return -1;
  }
  return -1;
}

}  // namespace

const std::vector<FileSystem>& file_systems() {
  // As mkfs makes them, but for what it would leave to be written later. XFS is not made smaller than 300 MiB.
  static const std::vector<std::string> ext4{
      "mkfs.ext4", "-q", "-F", "-b", "4096", "-E", "lazy_itable_init=0,lazy_journal_init=0,nodiscard"};
  static const std::vector<FileSystem> all{
      {"ext4", "ext4", "data=ordered", ext4, 128 * kMiB},
      {"ext4-writeback", "ext4", "data=writeback", ext4, 128 * kMiB},
      {"xfs", "xfs", "", {"mkfs.xfs", "-q", "-f", "-K"}, 304 * kMiB},
  };
  return all;
}

std::string why_no_mounts() {
  if (geteuid() != 0) return "only root can mount file systems";
  for (const char* device : {"/dev/fuse", "/dev/loop-control"}) {
    const int id = ::open(device, O_RDWR | O_CLOEXEC);
    if (id < 0) return fmt::format("{} cannot be opened: {}", device, std::strerror(errno));
    ::close(id);
  }
  std::string path;
  const int loop = open_free_loop(path);
  if (loop < 0) return fmt::format("there is no loop device: {}", std::strerror(errno));
  ::close(loop);
  return {};
}

std::string why_not_made(const FileSystem& file_system) {
  for (const char* folder : {"/usr/sbin", "/sbin", "/usr/bin", "/bin"})
    if (std::filesystem::exists(std::filesystem::path(folder) / file_system.make.front())) return {};
  return fmt::format("there is no {}", file_system.make.front());
}

int enter_own_mounts(const std::string& place) {
  const int outer = ::open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
  if (outer < 0) give_up("find its mounts");
  if (unshare(CLONE_NEWNS) != 0) give_up("have mounts of its own");
  if (mount("", "/", "", MS_REC | MS_PRIVATE, nullptr) != 0) give_up("keep its mounts to itself");
  if (mount("powercut", place.c_str(), "tmpfs", 0, "") != 0) give_up("mount a tmpfs at " + place);
  return outer;
}

void make_file_system(const FileSystem& file_system, const std::string& file) {
  std::fclose(std::fopen(file.c_str(), "we"));
  std::filesystem::resize_file(file, file_system.bytes);
  const pid_t maker = test::bound_fork([&] {
    std::vector<char*> arguments;
    for (const std::string& argument : file_system.make) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(const_cast<char*>(file.c_str()));
    arguments.push_back(nullptr);
    setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
    execvp(arguments.front(), arguments.data());
    return 127;
  });
  int status = 0;
  waitpid(maker, &status, 0);
  if (status == 0) return;
  std::fprintf(stderr, "powercut: %s failed\n", file_system.make.front().c_str());
  std::exit(1);
}

std::string mount_file(const FileSystem& file_system, const std::string& file, const std::string& place) {
  const int id = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
  if (id < 0) give_up("open " + file);
  std::string path;
  const int loop = attach_loop(id, path);
  ::close(id);
  if (loop < 0) give_up("attach a loop device");
  const int mounted = mount(path.c_str(), place.c_str(), std::string(file_system.type).c_str(), MS_NODEV,
                            std::string(file_system.options).c_str());
  const int error = errno;
  ::close(loop);
  return mounted == 0 ? "" : fmt::format("{} cannot be mounted: {}", file_system.name, std::strerror(error));
}

// The kernel may still be at work on the last close of a killed process's files.
void unmount(const std::string& place) {
  constexpr int kAttempts = 1000;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (umount2(place.c_str(), 0) == 0) return;
    if (errno != EBUSY) break;
    usleep(1000);
  }
  give_up("unmount " + place);
}

}  // namespace kappa::powercut
