// The operating system behind the seam. Nothing here knows the protocol. Three choices carry weight:
//
// - Locks on directories are flock locks (a directory cannot be opened for writing, which an exclusive record lock
//   asks for); locks on files are open-file-description locks, whose mode can be changed without a gap in between. Both
//   belong to the open file, so threads that share one are not kept apart: callers take a mutex of their own first.
// - Neither kind of lock can be waited for with a limit. Waiting therefore tries again: at first after a few
//   microseconds, for locks here are held no longer than that, then after giving the processor away, in case the holder
//   has none, then after ever longer naps up to a millisecond.
// - While directories are locked, the terminal's stop signal is blocked in that thread (stop_signal.cpp), so that
//   Ctrl-Z cannot leave every other process waiting for a stopped one.
#include <dirent.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>

#include "fmt/format.h"
#include "seam/error_hint.hpp"
#include "seam/shared_page.hpp"
#include "seam/stop_signal.hpp"

namespace kappa::log {
namespace {

constexpr int kSpinsBeforeYield = 10;
constexpr int kPausesOfASpin = 40;  ///< One to two microseconds.
constexpr int kYieldsBeforeNap = 40;
constexpr std::chrono::nanoseconds kShortestNap{20'000};
constexpr std::chrono::nanoseconds kLongestNap{1'000'000};
constexpr std::size_t kDirectAlignment = 4096;
/// The magic numbers of these file systems are in no header of the system.
constexpr std::uint32_t kFuseMagic = 0x65735546;
constexpr std::uint32_t kCifsMagic = 0xff534d42;
constexpr std::uint32_t kSmb2Magic = 0xfe534d42;
constexpr std::uint32_t kCephMagic = 0x00c36400;
constexpr std::uint32_t kLustreMagic = 0x0bd00bd0;
constexpr std::uint32_t kGpfsMagic = 0x47504653;
constexpr std::uint32_t kZfsMagic = 0x2fc12fc1;

std::unexpected<Error> os_failure(std::string_view doing, const std::string& path, int error) {
  Errc code = Errc::io;
  if (error == ENOENT || error == ENOTDIR) code = Errc::not_found;
  if (error == EEXIST) code = Errc::conflict;
  return fail(code, fmt::format("cannot {} {}: {}", doing, path, std::strerror(error)), hint_of(error));
}

std::unexpected<Error> os_failure_at(std::string_view doing, const File& file, std::uint64_t position, int error) {
  return fail(Errc::io, fmt::format("cannot {} {} at byte {}: {}", doing, file.path(), position, std::strerror(error)),
              hint_of(error));
}

int flags_of(OpenMode mode) {
  switch (mode) {
    case OpenMode::read:
      return O_RDONLY;
    case OpenMode::write:
      return O_RDWR;
    case OpenMode::create:
      return O_RDWR | O_CREAT;
    case OpenMode::create_new:
      return O_RDWR | O_CREAT | O_EXCL;
    case OpenMode::directory:
      return O_RDONLY | O_DIRECTORY;
  }
  return O_RDONLY;
}

timespec timespec_of(std::chrono::nanoseconds duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  return {seconds.count(), (duration - seconds).count()};
}

std::chrono::nanoseconds clock_of(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

/// Reading is not to change the time of the last access: after each append that would dirty the file's inode again.
/// Only the owner may ask for it.
int open_quietly(const std::string& path, int flags) {
  const int id = ::open(path.c_str(), flags | O_NOATIME | O_CLOEXEC, 0666);
  return id < 0 && errno == EPERM ? ::open(path.c_str(), flags | O_CLOEXEC, 0666) : id;
}

/// One attempt; 0 or the error, EWOULDBLOCK when somebody else holds it.
int try_lock(int id, bool directory, LockMode mode) {
  if (directory) return flock(id, (mode == LockMode::shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 ? 0 : errno;
  struct flock range{};
  range.l_type = mode == LockMode::shared ? F_RDLCK : F_WRLCK;
  range.l_whence = SEEK_SET;
  if (fcntl(id, F_OFD_SETLK, &range) == 0) return 0;
  return errno == EACCES || errno == EAGAIN ? EWOULDBLOCK : errno;
}

std::uint64_t read_boot_id() {
  // Text of 36 characters; its hexadecimal digits folded into one number.
  char text[64] = {};
  std::FILE* file = std::fopen("/proc/sys/kernel/random/boot_id", "re");
  if (file == nullptr) return 0;
  const std::size_t bytes = std::fread(text, 1, sizeof text - 1, file);
  std::fclose(file);
  std::uint64_t folded = 0;
  for (std::size_t i = 0; i < bytes; ++i) folded = folded * 31 + static_cast<unsigned char>(text[i]);
  return folded;
}

class RealSeam final : public Seam {
 public:
  void point(PointKind, const SharedPage&, std::uint32_t) override {}

  Result<File> open(const std::string& path, OpenMode mode) override {
    const int id = open_quietly(path, flags_of(mode));
    if (id < 0) return os_failure("open", path, errno);
    return File(*this, id, path, mode);
  }
  void close(int id) override {
    ::close(id);
    unblock_stop_signal(id);
  }

  Result<std::size_t> read(const File& file, std::uint64_t position, std::span<std::byte> buffer) override {
    return read_from(file.id(), file, position, buffer);
  }

  Result<std::size_t> read_device(const File& file, std::uint64_t position, std::span<std::byte> buffer) override {
    // By the descriptor: another file may have the name since.
    const int direct = open_quietly(fmt::format("/proc/self/fd/{}", file.id()), O_RDONLY | O_DIRECT);
    if (direct < 0) return read(file, position, buffer);
    const File owner(*this, direct, file.path(), OpenMode::read);
    const std::uint64_t begin = position / kDirectAlignment * kDirectAlignment;
    const std::size_t bytes =
        (position - begin + buffer.size() + kDirectAlignment - 1) / kDirectAlignment * kDirectAlignment;
    const std::unique_ptr<std::byte, void (*)(void*)> memory(
        static_cast<std::byte*>(std::aligned_alloc(kDirectAlignment, bytes)), std::free);
    if (memory == nullptr) throw std::bad_alloc();
    auto got = read_from(direct, file, begin, {memory.get(), bytes});
    if (!got) return got;
    if (*got <= position - begin) return 0;
    const std::size_t useful = std::min(*got - (position - begin), buffer.size());
    std::memcpy(buffer.data(), memory.get() + (position - begin), useful);
    return useful;
  }

  Result<void> write(const File& file, std::uint64_t position, std::span<const Bytes> parts) override {
    std::vector<iovec> vectors;
    for (const Bytes part : parts)
      if (!part.empty()) vectors.push_back({const_cast<std::byte*>(part.data()), part.size()});
    std::size_t next = 0;
    while (next < vectors.size()) {
      const int count = static_cast<int>(std::min<std::size_t>(vectors.size() - next, IOV_MAX));
      const ssize_t put = pwritev(file.id(), &vectors[next], count, static_cast<off_t>(position));
      if (put < 0 && errno == EINTR) continue;
      if (put <= 0) return os_failure_at("write", file, position, put < 0 ? errno : EIO);
      position += static_cast<std::uint64_t>(put);
      for (std::size_t left = static_cast<std::size_t>(put); left > 0;) {
        const std::size_t taken = std::min(left, vectors[next].iov_len);
        vectors[next].iov_base = static_cast<char*>(vectors[next].iov_base) + taken;
        vectors[next].iov_len -= taken;
        left -= taken;
        if (vectors[next].iov_len == 0) ++next;
      }
    }
    return {};
  }

  // EINTR leaves a sync undone but unharmed, so these may be called again; any other error is final.
  Result<void> sync_data(const File& file) override {
    while (fdatasync(file.id()) != 0)
      if (errno != EINTR) return os_failure("sync", file.path(), errno);
    return {};
  }
  Result<void> sync(const File& file) override {
    while (fsync(file.id()) != 0)
      if (errno != EINTR) return os_failure("sync", file.path(), errno);
    return {};
  }

  Result<std::uint64_t> size(const File& file) override {
    struct stat status{};
    if (fstat(file.id(), &status) != 0) return os_failure("look at", file.path(), errno);
    return static_cast<std::uint64_t>(status.st_size);
  }

  Result<void> allocate(const File& file, std::uint64_t size) override {
    for (;;) {
      const int error = posix_fallocate(file.id(), 0, static_cast<off_t>(size));
      if (error == 0) return {};
      if (error != EINTR) return os_failure(fmt::format("reserve {} bytes for", size), file.path(), error);
    }
  }
  Result<void> truncate(const File& file, std::uint64_t size) override {
    if (ftruncate(file.id(), static_cast<off_t>(size)) != 0) return os_failure("shorten", file.path(), errno);
    return {};
  }
  Result<void> copy_access(const File& from, const File& to) override {
    struct stat status{};
    if (fstat(from.id(), &status) != 0) return os_failure("look at", from.path(), errno);
    if (fchmod(to.id(), S_IRUSR | S_IWUSR) != 0) return os_failure("set the permissions of", to.path(), errno);
    mode_t mode = status.st_mode & (S_IRWXU | S_IRWXG | S_IRWXO);
    if (fchown(to.id(), status.st_uid, status.st_gid) != 0) {
      if (errno != EPERM) return os_failure("set the owner of", to.path(), errno);
      // Another's file: the process is no superuser. What the group may do is then nobody's.
      if (fchown(to.id(), static_cast<uid_t>(-1), status.st_gid) != 0) mode &= S_IRWXU | S_IRWXO;
    }
    if (fchmod(to.id(), mode) != 0) return os_failure("set the permissions of", to.path(), errno);
    return {};
  }
  bool linked(const File& file) override {
    struct stat status{};
    return fstat(file.id(), &status) == 0 && status.st_nlink > 0;
  }

  Result<std::vector<std::string>> list(const std::string& directory) override {
    // Not by std::filesystem, which ends the process where there is no memory for a name.
    const auto close = [](DIR* stream) { closedir(stream); };
    const std::unique_ptr<DIR, decltype(close)> stream(opendir(directory.c_str()), close);
    if (!stream) return os_failure("list", directory, errno);
    std::vector<std::string> names;
    for (errno = 0; const dirent* entry = readdir(stream.get()); errno = 0) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    if (errno != 0) return os_failure("list", directory, errno);
    return names;
  }
  Result<void> make_directory(const std::string& path) override {
    if (mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) return os_failure("make directory", path, errno);
    return {};
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return os_failure("rename to " + to + " the file", from, errno);
    return {};
  }
  Result<void> remove(const std::string& path) override {
    if (::remove(path.c_str()) != 0) return os_failure("remove", path, errno);
    return {};
  }
  Result<FileSystem> file_system(const std::string& path) override {
    struct statfs status{};
    if (statfs(path.c_str(), &status) != 0) return os_failure("look at the file system of", path, errno);
    switch (static_cast<std::uint32_t>(status.f_type)) {
      case NFS_SUPER_MAGIC:
      case SMB_SUPER_MAGIC:
      case kCifsMagic:
      case kSmb2Magic:
      case kCephMagic:
      case kLustreMagic:
      case kGpfsMagic:
      case kFuseMagic:
      case V9FS_MAGIC:
      case AFS_SUPER_MAGIC:
      case CODA_SUPER_MAGIC:
        return FileSystem::refused;
      case BTRFS_SUPER_MAGIC:
      case kZfsMagic:
        return FileSystem::no_overwrite;
      default:
        return FileSystem::ordinary;
    }
  }

  Result<bool> lock(const File& file, LockMode mode, std::chrono::nanoseconds timeout) override {
    const bool directory = file.is_directory();
    if (directory) block_stop_signal(file.id());
    const auto begin = monotonic();
    auto nap = kShortestNap;
    int error = 0;
    for (int attempt = 0;; ++attempt) {
      error = try_lock(file.id(), directory, mode);
      if (error == 0) return true;
      if (error == EINTR) continue;
      if (error != EWOULDBLOCK || monotonic() - begin >= timeout) break;
      if (attempt < kSpinsBeforeYield) {
        for (int i = 0; i < kPausesOfASpin; ++i) __builtin_ia32_pause();
        continue;
      }
      if (attempt < kYieldsBeforeNap) {
        sched_yield();
        continue;
      }
      const timespec time = timespec_of(nap);
      nanosleep(&time, nullptr);
      nap = std::min(2 * nap, kLongestNap);
    }
    if (directory) unblock_stop_signal(file.id());
    if (error != EWOULDBLOCK) return os_failure("lock", file.path(), error);
    return false;
  }
  void unlock(const File& file) override {
    if (file.is_directory()) {
      flock(file.id(), LOCK_UN);
      unblock_stop_signal(file.id());
      return;
    }
    struct flock range{};
    range.l_type = F_UNLCK;
    range.l_whence = SEEK_SET;
    fcntl(file.id(), F_OFD_SETLK, &range);
  }

  Result<SharedPage> map(const File& file, OpenMode mode) override {
    // A store beyond the end of a short file would be a fault, not an error.
    auto bytes = size(file);
    if (!bytes) return propagate(bytes);
    if (*bytes < kPageBytes)
      return fail(Errc::io,
                  fmt::format("cannot map {}: it has {} bytes, needed are {}", file.path(), *bytes, kPageBytes));
    const int protection = mode == OpenMode::read ? PROT_READ : PROT_READ | PROT_WRITE;
    void* memory = mmap(nullptr, kPageBytes, protection, MAP_SHARED, file.id(), 0);
    if (memory == MAP_FAILED) return os_failure("map", file.path(), errno);
    return SharedPage(*this, static_cast<std::byte*>(memory));
  }
  void unmap(std::byte* memory) override { munmap(memory, kPageBytes); }

  void wait(const SharedPage& page, std::uint32_t offset, std::uint32_t expected, std::chrono::nanoseconds timeout,
            std::uint32_t channels) override {
    // This operation takes a point in time, not a duration.
    const timespec until = timespec_of(clock_of(CLOCK_MONOTONIC) + timeout);
    syscall(SYS_futex, page.memory() + offset, FUTEX_WAIT_BITSET, expected, &until, nullptr, channels);
  }
  void wake(const SharedPage& page, std::uint32_t offset, std::uint32_t count, std::uint32_t channels) override {
    syscall(SYS_futex, page.memory() + offset, FUTEX_WAKE_BITSET, count, nullptr, nullptr, channels);
  }

  Micros now() override {
    return std::chrono::duration_cast<std::chrono::microseconds>(clock_of(CLOCK_REALTIME)).count();
  }
  std::chrono::nanoseconds monotonic() override { return clock_of(CLOCK_MONOTONIC); }
  void yield() override { sched_yield(); }
  std::uint64_t random() override {
    std::uint64_t value = 0;
    while (getrandom(&value, sizeof value, 0) != sizeof value) continue;
    return value;
  }
  std::uint32_t pid() override { return static_cast<std::uint32_t>(getpid()); }

  // A process does not outlive the start of the machine that it began in.
  std::uint64_t boot_id() override {
    static const std::uint64_t id = read_boot_id();
    return id;
  }

 private:
  static Result<std::size_t> read_from(int id, const File& file, std::uint64_t position, std::span<std::byte> buffer) {
    std::size_t done = 0;
    while (done < buffer.size()) {
      const ssize_t got = pread(id, buffer.data() + done, buffer.size() - done, static_cast<off_t>(position + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return os_failure_at("read", file, position + done, errno);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }
};

}  // namespace

Seam& real_seam() {
  static RealSeam seam;
  return seam;
}

}  // namespace kappa::log
