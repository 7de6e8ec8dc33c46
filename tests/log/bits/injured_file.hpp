#pragma once
#include <string>
#include <vector>

#include "crash_disk.hpp"
#include "forwarding_seam.hpp"

namespace kappa::test {

/// One bit that turned, or an end that is gone.
struct Injury {
  enum class Kind { bit, cut };
  Kind kind = Kind::bit;
  std::uint64_t position = 0;  ///< Of the byte; of the new end.
  unsigned bit = 0;
};
[[nodiscard]] std::string describe(const Injury& injury);
/// Damages a file durably.
void damage(CrashDisk& disk, const std::string& path, const Injury& injury);

/// Another seam. It notes what is read of one file, until it is told to stop. From take_over() on that file reads as
/// the bytes that are kept here, and who changes it is counted, and fails. Not thread-safe.
class InjuredFile final : public ForwardingSeam {
 public:
  InjuredFile(log::Seam& real, std::string path) : ForwardingSeam(real), path_(std::move(path)) {}
  void stop_noting() { notes_ = false; }
  void take_over();
  /// Whether any of the bytes [begin, end) were read while it noted.
  [[nodiscard]] bool was_read(std::uint64_t begin, std::uint64_t end) const;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::vector<std::byte>& content() const { return bytes_; }
  void injure(const Injury& injury) { injury.kind == Injury::Kind::cut ? void(size_ = injury.position) : flip(injury); }
  /// Takes an injury back.
  void heal(const Injury& injury) { injury.kind == Injury::Kind::cut ? void(size_ = bytes_.size()) : flip(injury); }
  [[nodiscard]] int changes() const { return changes_; }

  Result<std::size_t> read(const log::File& file, std::uint64_t position, std::span<std::byte> buffer) override;
  Result<std::size_t> read_device(const log::File& file, std::uint64_t position, std::span<std::byte> buffer) override;
  Result<std::uint64_t> size(const log::File& file) override;
  Result<void> write(const log::File& file, std::uint64_t position, std::span<const Bytes> parts) override;
  Result<void> allocate(const log::File& file, std::uint64_t size) override;
  Result<void> truncate(const log::File& file, std::uint64_t size) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& path) override;

 private:
  void flip(const Injury& injury) { bytes_[injury.position] ^= std::byte(1U << injury.bit); }
  [[nodiscard]] bool is_it(const log::File& file) const { return taken_over_ && file.path() == path_; }
  void note(const log::File& file, std::uint64_t position, std::size_t bytes);
  [[nodiscard]] std::unexpected<Error> changed();

  std::string path_;
  std::vector<std::byte> bytes_;
  std::uint64_t size_ = 0;
  bool notes_ = true;
  bool taken_over_ = false;
  int changes_ = 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> reads_;  ///< [begin, end), while it noted.
};

/// Another seam that counts who changes one file, and lets them.
class WatchedFile final : public ForwardingSeam {
 public:
  WatchedFile(log::Seam& real, std::string path) : ForwardingSeam(real), path_(std::move(path)) {}
  [[nodiscard]] int changes() const { return changes_; }

  Result<void> write(const log::File& file, std::uint64_t position, std::span<const Bytes> parts) override {
    return note(file), ForwardingSeam::write(file, position, parts);
  }
  Result<void> allocate(const log::File& file, std::uint64_t size) override {
    return note(file), ForwardingSeam::allocate(file, size);
  }
  Result<void> truncate(const log::File& file, std::uint64_t size) override {
    return note(file), ForwardingSeam::truncate(file, size);
  }

 private:
  void note(const log::File& file) { changes_ += file.path() == path_ ? 1 : 0; }

  std::string path_;
  int changes_ = 0;
};

}  // namespace kappa::test
