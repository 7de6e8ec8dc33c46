#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "kappa/base/bytes.hpp"

namespace kappa::powercut {

inline constexpr std::size_t kSectorBytes = 512;

/// What a loss of power did to the sectors that had been written since the last flush.
struct Loss {
  std::uint64_t unflushed = 0;
  std::uint64_t kept = 0;
};

/// A disk with a volatile cache, in memory. Reads see every write; a loss of power keeps what was flushed and any part
/// of the rest, sector by sector. Positions and lengths are in bytes, whole sectors. Not thread-safe.
class DiskImage {
 public:
  /// All zeros.
  explicit DiskImage(std::uint64_t bytes);

  [[nodiscard]] std::uint64_t size() const { return bytes_; }
  void read(std::uint64_t position, std::span<std::byte> into) const;
  void write(std::uint64_t position, Bytes from);
  void flush();

  /// The power goes: decides what is left. Reads and writes go on as before, as if nothing had happened, until
  /// restart().
  Loss cut(std::mt19937_64& random);
  /// From here on the disk is what the last cut() has left of it.
  void restart();

  /// Becomes the content of an open file of the same size: everything is on the device. False: it could not be read.
  [[nodiscard]] bool load(int file);
  /// Writes the disk as it was after the last restart() or load().
  [[nodiscard]] bool save_start(const std::string& file) const;

 private:
  using Sector = std::array<std::byte, kSectorBytes>;
  struct Unmap {
    std::uint64_t bytes;
    void operator()(std::byte* memory) const;
  };
  using Memory = std::unique_ptr<std::byte, Unmap>;
  struct Change {
    std::uint64_t sector;
    Sector content;
  };
  static Memory make_memory(std::uint64_t bytes);
  void apply(const Change& change);
  [[nodiscard]] std::vector<bool> choose_kept(std::mt19937_64& random) const;

  std::uint64_t bytes_;
  Memory seen_;                                      ///< What reads see.
  Memory device_;                                    ///< What is certain to survive.
  std::vector<Change> unflushed_;                    ///< In the order they were written.
  std::unordered_map<std::uint64_t, Sector> start_;  ///< What was there at the start, of all sectors written since.
};

}  // namespace kappa::powercut
