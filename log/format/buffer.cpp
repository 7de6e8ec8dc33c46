#include "format/buffer.hpp"

#include <mutex>
#include <vector>

namespace kappa::log {

struct BufferPool::Idle {
  /// A reader and what works on its batches hold a few at a time; more would only keep memory from others.
  static constexpr std::size_t kBuffersMax = 4;
  std::mutex mutex;
  std::vector<std::unique_ptr<Buffer>> buffers;

  std::unique_ptr<Buffer> take() {
    const std::lock_guard guard(mutex);
    if (buffers.empty()) return std::make_unique<Buffer>();
    std::unique_ptr<Buffer> last = std::move(buffers.back());
    buffers.pop_back();
    return last;
  }
  void give_back(std::unique_ptr<Buffer> buffer) {
    const std::lock_guard guard(mutex);
    if (buffers.size() < kBuffersMax) buffers.push_back(std::move(buffer));
  }
};

BufferPool::BufferPool() : idle_(std::make_shared<Idle>()) {}

std::shared_ptr<Buffer> BufferPool::take(std::size_t bytes) {
  std::unique_ptr<Buffer> buffer = idle_->take();
  static_cast<void>(buffer->reserve(bytes));
  return {buffer.release(), [idle = idle_](Buffer* done) { idle->give_back(std::unique_ptr<Buffer>(done)); }};
}

}  // namespace kappa::log
