// One bad sector fails a read of a megabyte. So what fails is read again in pieces of a block, and only those that fail
// by themselves are filled. A block is what a device can say of itself.
#include "seam/unreadable.hpp"

#include <algorithm>

namespace kappa::log {
namespace {

constexpr std::uint64_t kBlock = 4096;
/// Neither zeros, which would pass for what was never written, nor the beginning of anything.
constexpr std::byte kFilling{0xA5};

}  // namespace

template <typename Read>
Result<std::size_t> UnreadableAsDamage::fill(const File& file, std::uint64_t position, std::span<std::byte> buffer,
                                             Read read) {
  auto whole = read(position, buffer);
  if (whole || whole.error().code != Errc::io) return whole;
  auto size = real().size(file);
  if (!size) return propagate(size);
  if (position >= *size) return 0;
  const std::uint64_t end = std::min<std::uint64_t>(position + buffer.size(), *size);
  for (std::uint64_t at = position; at < end;) {
    const std::uint64_t next = std::min(end, (at / kBlock + 1) * kBlock);
    const std::span<std::byte> piece = buffer.subspan(at - position, next - at);
    auto got = read(at, piece);
    if (!got && got.error().code != Errc::io) return got;
    if (!got) {
      unreadable_.emplace(file.path(), got.error().message);
      std::ranges::fill(piece, kFilling);
    } else if (*got < piece.size()) {
      return at - position + *got;
    }
    at = next;
  }
  return end - position;
}

Result<std::size_t> UnreadableAsDamage::read(const File& file, std::uint64_t position, std::span<std::byte> buffer) {
  return fill(file, position, buffer,
              [&](std::uint64_t at, std::span<std::byte> to) { return real().read(file, at, to); });
}

Result<std::size_t> UnreadableAsDamage::read_device(const File& file, std::uint64_t position,
                                                    std::span<std::byte> buffer) {
  return fill(file, position, buffer,
              [&](std::uint64_t at, std::span<std::byte> to) { return real().read_device(file, at, to); });
}

std::string UnreadableAsDamage::why(const std::string& file) const {
  const auto found = unreadable_.find(file);
  return found == unreadable_.end() ? std::string() : found->second;
}

}  // namespace kappa::log
