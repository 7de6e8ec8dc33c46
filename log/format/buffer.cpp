#include "format/buffer.hpp"

#include <array>
#include <mutex>

namespace kappa::log {

struct BufferPool::Idle {
  /// A reader and what works on its batches hold a few at a time; more would only keep memory from others.
  static constexpr std::size_t kBuffersMax = 4;
  std::mutex mutex;
  std::size_t count = 0;
  std::array<std::unique_ptr<Buffer>, kBuffersMax> buffers;

  std::unique_ptr<Buffer> take() {
    const std::lock_guard guard(mutex);
    return count == 0 ? std::make_unique<Buffer>() : std::move(buffers[--count]);
  }
  /// Allocates nothing: it is called where a batch ends, also because memory has run out.
  void give_back(std::unique_ptr<Buffer> buffer) {
    const std::lock_guard guard(mutex);
    if (count < kBuffersMax) buffers[count++] = std::move(buffer);
  }
};

BufferPool::BufferPool() : idle_(std::make_shared<Idle>()) {}

std::shared_ptr<Buffer> BufferPool::take(std::size_t bytes) {
  std::unique_ptr<Buffer> buffer = idle_->take();
  static_cast<void>(buffer->reserve(bytes));
  return {buffer.release(), [idle = idle_](Buffer* done) { idle->give_back(std::unique_ptr<Buffer>(done)); }};
}

}  // namespace kappa::log
