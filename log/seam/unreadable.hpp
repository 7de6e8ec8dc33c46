#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "seam/shared_page.hpp"

namespace kappa::log {

/// Another seam, on which sectors that cannot be read are damage and no end: they read as bytes that nothing was ever
/// written as, so that hashes tell, and everything around them is read. For who looks for damage. What could not be
/// read is kept. Not thread-safe. Files that were opened through it are the other seam's.
class UnreadableAsDamage final : public Seam {
 public:
  explicit UnreadableAsDamage(Seam& real) : real_(real) {}

  /// Why bytes of this file could not be read; empty if all could.
  [[nodiscard]] std::string why(const std::string& file) const;

  Result<std::size_t> read(const File& file, std::uint64_t position, std::span<std::byte> buffer) override;
  Result<std::size_t> read_device(const File& file, std::uint64_t position, std::span<std::byte> buffer) override;

  void point(PointKind kind, const SharedPage& page, std::uint32_t offset) override { real_.point(kind, page, offset); }
  Result<File> open(const std::string& path, OpenMode mode) override { return real_.open(path, mode); }
  void close(int id) override { real_.close(id); }
  Result<void> write(const File& file, std::uint64_t position, std::span<const Bytes> parts) override {
    return real_.write(file, position, parts);
  }
  Result<void> sync_data(const File& file) override { return real_.sync_data(file); }
  Result<void> sync(const File& file) override { return real_.sync(file); }
  Result<std::uint64_t> size(const File& file) override { return real_.size(file); }
  Result<void> allocate(const File& file, std::uint64_t size) override { return real_.allocate(file, size); }
  Result<void> truncate(const File& file, std::uint64_t size) override { return real_.truncate(file, size); }
  Result<void> copy_access(const File& from, const File& to) override { return real_.copy_access(from, to); }
  bool linked(const File& file) override { return real_.linked(file); }
  Result<std::vector<std::string>> list(const std::string& directory) override { return real_.list(directory); }
  Result<void> make_directory(const std::string& path) override { return real_.make_directory(path); }
  Result<void> rename(const std::string& from, const std::string& to) override { return real_.rename(from, to); }
  Result<void> remove(const std::string& path) override { return real_.remove(path); }
  Result<FileSystem> file_system(const std::string& path) override { return real_.file_system(path); }
  Result<bool> lock(const File& file, LockMode mode, std::chrono::nanoseconds timeout) override {
    return real_.lock(file, mode, timeout);
  }
  void unlock(const File& file) override { real_.unlock(file); }
  Result<SharedPage> map(const File& file, OpenMode mode) override { return real_.map(file, mode); }
  void unmap(std::byte* memory) override { real_.unmap(memory); }
  void wait(const SharedPage& page, std::uint32_t offset, std::uint32_t expected, std::chrono::nanoseconds timeout,
            std::uint32_t channels) override {
    real_.wait(page, offset, expected, timeout, channels);
  }
  void wake(const SharedPage& page, std::uint32_t offset, std::uint32_t count, std::uint32_t channels) override {
    real_.wake(page, offset, count, channels);
  }
  Micros now() override { return real_.now(); }
  std::chrono::nanoseconds monotonic() override { return real_.monotonic(); }
  void yield() override { real_.yield(); }
  std::uint64_t random() override { return real_.random(); }
  std::uint32_t pid() override { return real_.pid(); }
  std::uint64_t boot_id() override { return real_.boot_id(); }

 private:
  template <typename Read>
  Result<std::size_t> fill(const File& file, std::uint64_t position, std::span<std::byte> buffer, Read read);

  Seam& real_;
  std::map<std::string, std::string> unreadable_;  ///< Why, by file: of the first place.
};

}  // namespace kappa::log
