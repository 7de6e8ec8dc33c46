#pragma once
// Inlined, so that a state of known size can lie on the stack whatever version of the library is installed.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>
#include <cstring>
#include <span>

#include "kappa/base/bytes.hpp"

namespace kappa::log {

/// The hash of the format: XXH3, 64 bits, seed 0.
[[nodiscard]] inline std::uint64_t hash_of(Bytes bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

/// The same over bytes that do not lie together.
class Hasher {
 public:
  Hasher() { XXH3_64bits_reset(&state_); }
  void add(Bytes bytes) { XXH3_64bits_update(&state_, bytes.data(), bytes.size()); }
  [[nodiscard]] std::uint64_t finish() const { return XXH3_64bits_digest(&state_); }

 private:
  XXH3_state_t state_;
};

/// The hash of bytes among which it lies itself, counted as zero there.
[[nodiscard]] inline std::uint64_t hash_around(Bytes bytes, std::size_t hash_position) {
  constexpr std::uint64_t kItself = 0;
  Hasher hasher;
  hasher.add(bytes.first(hash_position));
  hasher.add(std::as_bytes(std::span(&kItself, 1)));
  hasher.add(bytes.subspan(hash_position + sizeof kItself));
  return hasher.finish();
}

/// The bytes of a struct as they go into a file.
template <typename T>
[[nodiscard]] Bytes image_of(const T& value) {
  return std::as_bytes(std::span(&value, 1));
}

[[nodiscard]] inline bool all_zeros(Bytes bytes) {
  if (bytes.empty()) return true;
  // Each is like the one before it, and the first is zero.
  return bytes[0] == std::byte{0} && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

/// Without the zeros at the end.
[[nodiscard]] inline Bytes without_last_zeros(Bytes bytes) {
  for (const std::size_t stride : {std::size_t{4096}, std::size_t{64}})
    while (bytes.size() > stride && all_zeros(bytes.last(stride))) bytes = bytes.first(bytes.size() - stride);
  while (!bytes.empty() && bytes.back() == std::byte{0}) bytes = bytes.first(bytes.size() - 1);
  return bytes;
}

}  // namespace kappa::log
