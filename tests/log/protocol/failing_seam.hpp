#pragma once
#include <filesystem>
#include <map>
#include <vector>

#include "forwarding_seam.hpp"

namespace kappa::test {

/// A disk that fails one call, and that keeps apart what is in the page cache (the real files) from what a sync has
/// brought to the device: a sync that fails leaves its pages clean and lost, and the next one succeeds without them.
class FailingSeam final : public ForwardingSeam {
 public:
  /// A call that fails. A write has then put nothing, half or all of its bytes into the file; after `sync_evicting`
  /// the lost pages are gone from the cache too, so that the file reads as it stands on the device.
  enum class Fault { write_none, write_half, write_all, allocate, sync, sync_evicting };

  /// From now on the n-th call (from 1 on) of the fault's kind fails.
  void fail_call(Fault fault, int number) {
    fault_ = fault;
    left_ = number;
    fired_ = false;
  }
  [[nodiscard]] bool fired() const { return fired_; }

  /// What a loss of power leaves of a directory's synced files (heads and counter are none).
  void restore_device(const std::filesystem::path& from, const std::filesystem::path& to) const;

  Result<void> write(const log::File& file, std::uint64_t position, std::span<const Bytes> parts) override;
  Result<void> allocate(const log::File& file, std::uint64_t size) override;
  Result<void> sync_data(const log::File& file) override;
  Result<void> sync(const log::File& file) override;
  Result<void> rename(const std::string& from, const std::string& to) override;

 private:
  struct Range {
    std::uint64_t begin;
    std::uint64_t end;
  };
  struct Device {
    std::vector<std::byte> bytes;
    std::vector<Range> dirty;
    bool synced = false;
  };
  [[nodiscard]] bool hits(bool same_kind);
  [[nodiscard]] Result<void> lose(const log::File& file);
  [[nodiscard]] Result<void> store(const log::File& file);
  [[nodiscard]] Result<void> any_sync(const log::File& file);

  std::map<std::string, Device> files_;
  Fault fault_ = Fault::allocate;
  int left_ = 0;
  bool fired_ = false;
};

}  // namespace kappa::test
