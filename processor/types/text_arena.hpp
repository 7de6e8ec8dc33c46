#pragma once
#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace kappa::processor {

/// Memory for texts that a column's views point into: grows by blocks, so that views stay valid. Not thread-safe.
class TextArena {
 public:
  /// Room for `bytes`; what is not committed is given to the next caller.
  [[nodiscard]] char* reserve(std::size_t bytes) {
    if (bytes > left_) grow(bytes);
    return next_;
  }
  /// Keeps the first `bytes` of the last reserved room.
  std::string_view commit(std::size_t bytes) {
    const std::string_view kept(next_, bytes);
    next_ += bytes;
    left_ -= bytes;
    return kept;
  }
  std::string_view copy(std::string_view text) {
    std::copy_n(text.data(), text.size(), reserve(text.size()));
    return commit(text.size());
  }
  /// What a column must hold for the views to stay valid; null while nothing was reserved.
  [[nodiscard]] std::shared_ptr<const void> memory() const { return blocks_; }

 private:
  using Blocks = std::vector<std::unique_ptr<char[]>>;

  void grow(std::size_t bytes) {
    constexpr std::size_t kFirstBlock = 4096;
    constexpr std::size_t kLargestBlock = std::size_t{1} << 20;
    if (!blocks_) blocks_ = std::make_shared<Blocks>();
    block_bytes_ = block_bytes_ == 0 ? kFirstBlock : std::min(2 * block_bytes_, kLargestBlock);
    left_ = std::max(block_bytes_, bytes);
    blocks_->push_back(std::make_unique_for_overwrite<char[]>(left_));
    next_ = blocks_->back().get();
  }

  std::shared_ptr<Blocks> blocks_;  // Shared with the columns whose views point into it.
  std::size_t block_bytes_ = 0;
  char* next_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace kappa::processor
