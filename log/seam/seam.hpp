#pragma once
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kappa/base/bytes.hpp"
#include "kappa/base/result.hpp"
#include "kappa/base/units.hpp"

namespace kappa::log {

class Seam;
class SharedPage;

/// `read`: must exist. `write`: must exist, also readable. `create`: as write, made if missing. `create_new`: as write,
/// Errc::conflict if it exists. `directory`: must exist; for locks and syncs.
enum class OpenMode { read, write, create, create_new, directory };

/// An open file or directory. Owns it: closing also gives up every lock taken through it. Move-only; ends before its
/// seam. What `id` means is the seam's own business.
class File {
 public:
  File() = default;
  File(Seam& seam, int id, std::string path, OpenMode mode)
      : seam_(&seam), id_(id), path_(std::move(path)), is_directory_(mode == OpenMode::directory) {}
  File(File&& other) noexcept { swap(other); }
  File& operator=(File&& other) noexcept {
    File taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~File();

  [[nodiscard]] bool is_open() const { return seam_ != nullptr; }
  [[nodiscard]] int id() const { return id_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] bool is_directory() const { return is_directory_; }

 private:
  void swap(File& other) noexcept;
  Seam* seam_ = nullptr;
  int id_ = -1;
  std::string path_;
  bool is_directory_ = false;
};

/// Advisory lock of an open file: held by the File object (not by a thread or process), given up by process death.
enum class LockMode { shared, exclusive };

/// What kind of file system a directory is on, as far as the log cares. `refused` is one on whose locks, mappings or
/// syncs other machines or daemons have a say (network, FUSE); `no_overwrite` moves every overwritten block, so that
/// zeros written ahead buy nothing.
enum class FileSystem { ordinary, no_overwrite, refused };

/// What happens next at a word of a shared page; see Seam::point().
enum class PointKind { load, store, exchange };

/// Everything through which the log reaches the world: files, shared pages, locks, futexes, clocks, randomness,
/// process identity. The protocol makes no other system call, so that a test can run many processes in one, stop or
/// kill them before every store and call, fail any call, and build the files that a crash may leave.
///
/// Thread-safe. Errors: Errc::not_found where a file is missing, Errc::conflict where it exists and must not,
/// Errc::io for the rest; each names the file, the place and the operating system's reason.
class Seam {
 public:
  virtual ~Seam() = default;

  /// Called before each access to a word of a shared page, with the byte offset of the word. The real seam does
  /// nothing; a test's may switch to another process or never return.
  virtual void point(PointKind kind, const SharedPage& page, std::uint32_t offset) = 0;

  // Files.
  [[nodiscard]] virtual Result<File> open(const std::string& path, OpenMode mode) = 0;
  /// For File's destructor only.
  virtual void close(int id) = 0;
  /// Reads up to buffer.size() bytes; fewer only where the file ends.
  [[nodiscard]] virtual Result<std::size_t> read(const File& file, std::uint64_t position,
                                                 std::span<std::byte> buffer) = 0;
  /// As read(), but from the device, past the page cache, where the file system can; else from the cache. Of the open
  /// file, whatever has its name by now.
  [[nodiscard]] virtual Result<std::size_t> read_device(const File& file, std::uint64_t position,
                                                        std::span<std::byte> buffer) = 0;
  /// Writes all parts one after the other; on an error any prefix may have been written.
  [[nodiscard]] virtual Result<void> write(const File& file, std::uint64_t position, std::span<const Bytes> parts) = 0;
  /// Makes data and size of a file durable. After an error nothing is known about what is on the device.
  [[nodiscard]] virtual Result<void> sync_data(const File& file) = 0;
  /// As sync_data(), with all metadata; on a directory, its entries.
  [[nodiscard]] virtual Result<void> sync(const File& file) = 0;
  [[nodiscard]] virtual Result<std::uint64_t> size(const File& file) = 0;
  /// Allocates real space up to `size` and makes the file at least that long; new bytes read as zeros. On an error the
  /// content is unchanged.
  [[nodiscard]] virtual Result<void> allocate(const File& file, std::uint64_t size) = 0;
  [[nodiscard]] virtual Result<void> truncate(const File& file, std::uint64_t size) = 0;
  /// Gives a file the owner and the permissions of another, or less where that needs rights that the process has not:
  /// nobody may read it who may not read the other.
  [[nodiscard]] virtual Result<void> copy_access(const File& from, const File& to) = 0;
  /// False once the file's last name has been removed or replaced.
  [[nodiscard]] virtual bool linked(const File& file) = 0;

  // Names.
  [[nodiscard]] virtual Result<std::vector<std::string>> list(const std::string& directory) = 0;
  /// Not an error if it exists already.
  [[nodiscard]] virtual Result<void> make_directory(const std::string& path) = 0;
  [[nodiscard]] virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  /// Removes a file or an empty directory.
  [[nodiscard]] virtual Result<void> remove(const std::string& path) = 0;
  [[nodiscard]] virtual Result<FileSystem> file_system(const std::string& path) = 0;

  // Locks, on a directory or a file. Changing the mode of a lock held on a file is atomic (on a directory it is not).
  /// False if others held it for all of `timeout`.
  [[nodiscard]] virtual Result<bool> lock(const File& file, LockMode mode, std::chrono::nanoseconds timeout) = 0;
  virtual void unlock(const File& file) = 0;

  // Shared pages: the first 4096 bytes of a file, mapped; every process sees the others' stores at once.
  [[nodiscard]] virtual Result<SharedPage> map(const File& file, OpenMode mode) = 0;
  /// For SharedPage's destructor only.
  virtual void unmap(std::byte* memory) = 0;
  /// Waits while the 32-bit word at `offset` is `expected`, until a wake() with a common bit in `channels`, or for
  /// `timeout`. May return early for no reason. Works on a read-only mapping.
  virtual void wait(const SharedPage& page, std::uint32_t offset, std::uint32_t expected,
                    std::chrono::nanoseconds timeout, std::uint32_t channels) = 0;
  virtual void wake(const SharedPage& page, std::uint32_t offset, std::uint32_t count, std::uint32_t channels) = 0;

  // Clocks, randomness, identity.
  [[nodiscard]] virtual Micros now() = 0;
  [[nodiscard]] virtual std::chrono::nanoseconds monotonic() = 0;
  virtual void yield() = 0;
  [[nodiscard]] virtual std::uint64_t random() = 0;
  [[nodiscard]] virtual std::uint32_t pid() = 0;
  /// Another number after each start of the machine.
  [[nodiscard]] virtual std::uint64_t boot_id() = 0;
};

inline File::~File() {
  if (seam_ != nullptr) seam_->close(id_);
}
inline void File::swap(File& other) noexcept {
  std::swap(seam_, other.seam_);
  std::swap(id_, other.id_);
  path_.swap(other.path_);
  std::swap(is_directory_, other.is_directory_);
}

/// The operating system itself (Linux).
[[nodiscard]] Seam& real_seam();

}  // namespace kappa::log
