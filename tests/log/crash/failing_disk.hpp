#pragma once
#include "disk_seam.hpp"
#include "forwarding_seam.hpp"

namespace kappa::test {

/// Which call fails, and whether it has.
struct FailingCall {
  /// `refused`: without any effect. `half`: a write puts half of its bytes, other calls are refused. `lost`: a sync
  /// leaves the pages clean and lost, so that the next one succeeds without them; `evicted`: and the file reads as the
  /// device has it. `no_space`: what needs room on the disk; `no_descriptors`: what opens a file.
  enum class Kind { refused, half, lost, evicted, no_space, no_descriptors };
  Kind kind = Kind::refused;
  int left = 0;           ///< The so manieth call of this kind from now on; 0: none.
  bool for_good = false;  ///< From then on all of them fail, until that is over.
  bool fired = false;
};

/// A simulated disk of which one call fails. The call it is told of lives longer.
class FailingDisk final : public ForwardingSeam {
 public:
  FailingDisk(DiskSeam& disk, FailingCall& call) : ForwardingSeam(disk), disk_(disk), call_(call) {}

  Result<log::File> open(const std::string& path, log::OpenMode mode) override {
    return hits(Needs::descriptor) ? failed(path) : real().open(path, mode);
  }
  Result<std::size_t> read(const log::File& file, std::uint64_t position, std::span<std::byte> buffer) override {
    return hits(Needs::nothing) ? failed(file.path()) : real().read(file, position, buffer);
  }
  Result<std::size_t> read_device(const log::File& file, std::uint64_t position, std::span<std::byte> buffer) override {
    return hits(Needs::nothing) ? failed(file.path()) : real().read_device(file, position, buffer);
  }
  Result<void> write(const log::File& file, std::uint64_t position, std::span<const Bytes> parts) override;
  Result<void> sync_data(const log::File& file) override {
    return hits(Needs::sync) ? fail_sync(file) : real().sync_data(file);
  }
  Result<void> sync(const log::File& file) override { return hits(Needs::sync) ? fail_sync(file) : real().sync(file); }
  Result<std::uint64_t> size(const log::File& file) override {
    return hits(Needs::nothing) ? failed(file.path()) : real().size(file);
  }
  Result<void> allocate(const log::File& file, std::uint64_t size) override {
    return hits(Needs::space) ? failed(file.path()) : real().allocate(file, size);
  }
  Result<void> truncate(const log::File& file, std::uint64_t size) override {
    return hits(Needs::nothing) ? failed(file.path()) : real().truncate(file, size);
  }
  Result<void> copy_access(const log::File& from, const log::File& to) override {
    return hits(Needs::nothing) ? failed(to.path()) : real().copy_access(from, to);
  }
  Result<std::vector<std::string>> list(const std::string& directory) override {
    return hits(Needs::descriptor) ? failed(directory) : real().list(directory);
  }
  Result<void> make_directory(const std::string& path) override {
    return hits(Needs::space) ? failed(path) : real().make_directory(path);
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    return hits(Needs::nothing) ? failed(from) : real().rename(from, to);
  }
  Result<void> remove(const std::string& path) override {
    return hits(Needs::nothing) ? failed(path) : real().remove(path);
  }
  Result<log::FileSystem> file_system(const std::string& path) override {
    return hits(Needs::nothing) ? failed(path) : real().file_system(path);
  }
  Result<bool> lock(const log::File& file, log::LockMode mode, std::chrono::nanoseconds timeout) override {
    return hits(Needs::nothing) ? failed(file.path()) : real().lock(file, mode, timeout);
  }
  Result<log::SharedPage> map(const log::File& file, log::OpenMode mode) override {
    return hits(Needs::nothing) ? failed(file.path()) : real().map(file, mode);
  }

 private:
  enum class Needs { nothing, space, descriptor, sync };
  static std::unexpected<Error> failed(const std::string& path) {
    return fail(Errc::io, "the disk fails a call on " + path);
  }
  [[nodiscard]] bool loses() const {
    return call_.kind == FailingCall::Kind::lost || call_.kind == FailingCall::Kind::evicted;
  }
  /// True if the call is of those that fail.
  [[nodiscard]] bool concerns(Needs needs) const;
  [[nodiscard]] bool hits(Needs needs);
  Result<void> fail_sync(const log::File& file);

  DiskSeam& disk_;
  FailingCall& call_;
};

}  // namespace kappa::test
