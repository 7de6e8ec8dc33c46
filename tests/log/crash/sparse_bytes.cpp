#include "sparse_bytes.hpp"

#include <algorithm>
#include <cstring>

#include "format/hash.hpp"

namespace kappa::test {

using log::all_zeros;
void SparseBytes::resize(std::uint64_t size) {
  if (size < size_) {
    const std::size_t whole = size / kBlock;
    const std::size_t part = size % kBlock;
    if (whole < blocks_.size() && part != 0 && blocks_[whole])
      std::fill(own(whole).bytes.begin() + part, own(whole).bytes.end(), std::byte{0});
    blocks_.resize(std::min(blocks_.size(), whole + (part != 0 ? 1 : 0)));
  }
  size_ = size;
}

SparseBytes::Block& SparseBytes::own(std::size_t index) {
  if (blocks_.size() <= index) blocks_.resize(index + 1);
  std::shared_ptr<Block>& block = blocks_[index];
  if (!block)
    block = std::make_shared<Block>();
  else if (block.use_count() > 1)
    block = std::make_shared<Block>(*block);
  block->hashed = false;
  return *block;
}

void SparseBytes::read(std::uint64_t position, std::span<std::byte> buffer) const {
  while (!buffer.empty()) {
    const std::size_t index = position / kBlock;
    const std::size_t at = position % kBlock;
    const std::size_t bytes = std::min(buffer.size(), kBlock - at);
    if (index < blocks_.size() && blocks_[index])
      std::memcpy(buffer.data(), blocks_[index]->bytes.data() + at, bytes);
    else
      std::memset(buffer.data(), 0, bytes);
    buffer = buffer.subspan(bytes);
    position += bytes;
  }
}

void SparseBytes::write(std::uint64_t position, Bytes bytes) {
  size_ = std::max(size_, position + bytes.size());
  while (!bytes.empty()) {
    const std::size_t index = position / kBlock;
    const std::size_t at = position % kBlock;
    const Bytes part = bytes.first(std::min(bytes.size(), kBlock - at));
    const bool stored = index < blocks_.size() && blocks_[index];
    if (stored || !all_zeros(part)) std::memcpy(own(index).bytes.data() + at, part.data(), part.size());
    bytes = bytes.subspan(part.size());
    position += part.size();
  }
}

bool SparseBytes::is_blank(std::uint64_t begin, std::uint64_t end) const {
  for (std::size_t index = begin / kBlock; index * kBlock < end && index < blocks_.size(); ++index) {
    if (!blocks_[index]) continue;
    const std::uint64_t from = std::max<std::uint64_t>(begin, index * kBlock) - index * kBlock;
    const std::uint64_t to = std::min<std::uint64_t>(end, (index + 1) * kBlock) - index * kBlock;
    if (!all_zeros(Bytes(blocks_[index]->bytes).subspan(from, to - from))) return false;
  }
  return true;
}

std::uint64_t SparseBytes::hash_of(Block& block) {
  if (!block.hashed) block.hash = all_zeros(block.bytes) ? 0 : log::hash_of(block.bytes);
  block.hashed = true;
  return block.hash;
}

std::uint64_t SparseBytes::hash() const {
  std::uint64_t sum = size_ * 0x9e3779b97f4a7c15ULL;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const std::uint64_t hash = blocks_[i] ? hash_of(*blocks_[i]) : 0;
    if (hash != 0) sum += (hash ^ (i * 0xd6e8feb86659fd93ULL)) * 0xff51afd7ed558ccdULL;
  }
  return sum;
}

}  // namespace kappa::test
