#pragma once
#include "disk_seam.hpp"
#include "forwarding_seam.hpp"

namespace kappa::test {

/// Which call fails, and whether it has.
struct FailingCall {
  /// `refused`: without any effect. `half`: a write puts half of its bytes, other calls are refused. `lost`: a sync
  /// leaves the pages clean and lost, so that the next one succeeds without them; `evicted`: and the file reads as the
  /// device has it. The last two are syncs only, which are counted alone.
  enum class Kind { refused, half, lost, evicted };
  Kind kind = Kind::refused;
  int left = 0;  ///< The so manieth call from now on; 0: none.
  bool fired = false;
};

/// A simulated disk of which one call fails. The call it is told of lives longer.
class FailingDisk final : public ForwardingSeam {
 public:
  FailingDisk(DiskSeam& disk, FailingCall& call) : ForwardingSeam(disk), disk_(disk), call_(call) {}

  Result<log::File> open(const std::string& path, log::OpenMode mode) override {
    return hits() ? failed(path) : real().open(path, mode);
  }
  Result<std::size_t> read(const log::File& file, std::uint64_t position, std::span<std::byte> buffer) override {
    return hits() ? failed(file.path()) : real().read(file, position, buffer);
  }
  Result<void> write(const log::File& file, std::uint64_t position, std::span<const Bytes> parts) override;
  Result<void> sync_data(const log::File& file) override {
    return hits_sync() ? fail_sync(file) : real().sync_data(file);
  }
  Result<void> sync(const log::File& file) override { return hits_sync() ? fail_sync(file) : real().sync(file); }
  Result<std::uint64_t> size(const log::File& file) override {
    return hits() ? failed(file.path()) : real().size(file);
  }
  Result<void> allocate(const log::File& file, std::uint64_t size) override {
    return hits() ? failed(file.path()) : real().allocate(file, size);
  }
  Result<void> truncate(const log::File& file, std::uint64_t size) override {
    return hits() ? failed(file.path()) : real().truncate(file, size);
  }
  Result<std::vector<std::string>> list(const std::string& directory) override {
    return hits() ? failed(directory) : real().list(directory);
  }
  Result<void> make_directory(const std::string& path) override {
    return hits() ? failed(path) : real().make_directory(path);
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    return hits() ? failed(from) : real().rename(from, to);
  }
  Result<void> remove(const std::string& path) override { return hits() ? failed(path) : real().remove(path); }
  Result<bool> lock(const log::File& file, log::LockMode mode, std::chrono::nanoseconds timeout) override {
    return hits() ? failed(file.path()) : real().lock(file, mode, timeout);
  }
  Result<log::SharedPage> map(const log::File& file, log::OpenMode mode) override {
    return hits() ? failed(file.path()) : real().map(file, mode);
  }

 private:
  static std::unexpected<Error> failed(const std::string& path) {
    return fail(Errc::io, "the disk fails a call on " + path);
  }
  [[nodiscard]] bool counts_syncs_only() const { return call_.kind >= FailingCall::Kind::lost; }
  [[nodiscard]] bool count() {
    if (call_.left == 0 || --call_.left > 0) return false;
    return call_.fired = true;
  }
  [[nodiscard]] bool hits() { return !counts_syncs_only() && count(); }
  [[nodiscard]] bool hits_sync() { return count(); }
  Result<void> fail_sync(const log::File& file);

  DiskSeam& disk_;
  FailingCall& call_;
};

}  // namespace kappa::test
