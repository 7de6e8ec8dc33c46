#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "kappa/base/bytes.hpp"

namespace kappa::test {

/// The bytes of a simulated file: blocks that copies share until one of them writes. What was never written is zeros
/// and costs nothing. Not thread-safe, nor are two copies of one.
class SparseBytes {
 public:
  static constexpr std::size_t kBlock = 4096;

  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// What lies behind a smaller size is forgotten, so that it reads as zeros when the size grows again.
  void resize(std::uint64_t size);
  /// Zeros where nothing is stored, also past the size.
  void read(std::uint64_t position, std::span<std::byte> buffer) const;
  /// Grows the size to the end of what is written.
  void write(std::uint64_t position, Bytes bytes);
  /// True if nothing but zeros is stored there; may be false though all are zeros.
  [[nodiscard]] bool is_blank(std::uint64_t begin, std::uint64_t end) const;
  /// True if it is a copy of the other, and neither has changed since.
  [[nodiscard]] bool shares(const SparseBytes& other) const { return size_ == other.size_ && blocks_ == other.blocks_; }
  /// Equal for equal size and bytes.
  [[nodiscard]] std::uint64_t hash() const;

 private:
  struct Block {
    std::array<std::byte, kBlock> bytes{};
    std::uint64_t hash = 0;  ///< 0: of zeros, or not known.
    bool hashed = false;
  };
  [[nodiscard]] Block& own(std::size_t index);
  static std::uint64_t hash_of(Block& block);

  std::vector<std::shared_ptr<Block>> blocks_;  // Shared: by copies, until written.
  std::uint64_t size_ = 0;
};

}  // namespace kappa::test
