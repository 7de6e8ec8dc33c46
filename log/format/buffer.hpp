#pragma once
#include <cstddef>
#include <memory>

#include "kappa/base/bytes.hpp"

namespace kappa::log {

/// Memory that is reused and never zero-filled. Growing loses the content.
class Buffer {
 public:
  /// At least this many bytes of unspecified content; valid until the next call.
  [[nodiscard]] std::byte* reserve(std::size_t bytes) {
    if (bytes > capacity_) {
      memory_ = std::make_unique_for_overwrite<std::byte[]>(bytes);
      capacity_ = bytes;
    }
    return memory_.get();
  }
  [[nodiscard]] std::byte* data() { return memory_.get(); }
  [[nodiscard]] const std::byte* data() const { return memory_.get(); }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

 private:
  std::unique_ptr<std::byte[]> memory_;
  std::size_t capacity_ = 0;
};

/// Buffers that come back when the last holder lets go, so that a reader in a steady state allocates nothing large.
/// Thread-safe; buffers handed out may outlive the pool.
class BufferPool {
 public:
  BufferPool();
  /// A buffer of at least this size; shared because a batch and its copies hold it, on any thread.
  [[nodiscard]] std::shared_ptr<Buffer> take(std::size_t bytes);

 private:
  struct Idle;
  std::shared_ptr<Idle> idle_;
};

}  // namespace kappa::log
