#pragma once
#include "seam/seam.hpp"
#include "seam/shared_page.hpp"

namespace kappa::log {

/// Does what another seam does; who derives from it overrides the calls that it wants to see or to change. Files and
/// pages belong to the other seam, which lives longer, so closing them and storing to them does not pass here.
class ForwardingSeam : public Seam {
 public:
  explicit ForwardingSeam(Seam& real) : real_(real) {}

  void point(PointKind, const SharedPage&, std::uint32_t) override {}
  Result<File> open(const std::string& path, OpenMode mode) override { return real_.open(path, mode); }
  void close(int) override {}
  Result<std::size_t> read(const File& file, std::uint64_t position, std::span<std::byte> buffer) override {
    return real_.read(file, position, buffer);
  }
  Result<std::size_t> read_device(const File& file, std::uint64_t position, std::span<std::byte> buffer) override {
    return real_.read_device(file, position, buffer);
  }
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
  void unmap(std::byte*) override {}
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

 protected:
  [[nodiscard]] Seam& real() const { return real_; }

 private:
  Seam& real_;
};

}  // namespace kappa::log
