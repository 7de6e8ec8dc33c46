// MurmurHash2 by Austin Appleby (public domain), as org.apache.kafka.common.utils.Utils.murmur2 has it: 32 bits, little
// endian, unsigned bytes at the tail.
#include "kappa/log/partition_of_key.hpp"

#include <limits>

namespace kappa::log {
namespace {

constexpr std::uint32_t kSeed = 0x9747b28c;
constexpr std::uint32_t kMultiplier = 0x5bd1e995;
constexpr unsigned kShift = 24;
constexpr std::size_t kWordBytes = sizeof(std::uint32_t);

}  // namespace

std::int32_t murmur2(Bytes key) {
  std::uint32_t hash = kSeed ^ static_cast<std::uint32_t>(key.size());
  for (; key.size() >= kWordBytes; key = key.subspan(kWordBytes)) {
    std::uint32_t word = load<std::uint32_t>(key.data()) * kMultiplier;
    word ^= word >> kShift;
    hash = hash * kMultiplier ^ word * kMultiplier;
  }
  if (!key.empty()) {
    for (std::size_t i = 0; i < key.size(); ++i) hash ^= std::to_integer<std::uint32_t>(key[i]) << (8 * i);
    hash *= kMultiplier;
  }
  hash ^= hash >> 13U;
  hash *= kMultiplier;
  hash ^= hash >> 15U;
  return static_cast<std::int32_t>(hash);
}

std::uint32_t partition_of_key(Bytes key, std::uint32_t partitions) {
  // Kafka's "to positive": the sign bit goes.
  constexpr std::uint32_t kPositive = std::numeric_limits<std::int32_t>::max();
  return (static_cast<std::uint32_t>(murmur2(key)) & kPositive) % partitions;
}

}  // namespace kappa::log
