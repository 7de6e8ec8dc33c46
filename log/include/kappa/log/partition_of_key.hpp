#pragma once
#include <cstdint>

#include "kappa/base/bytes.hpp"

namespace kappa::log {

/// Kafka's hash of a key (murmur2 with its seed), so that Kafka's clients find the same partitions.
[[nodiscard]] std::int32_t murmur2(Bytes key);

/// The partition of the events of a key, as Kafka's default partitioner chooses it. `partitions` is above 0.
[[nodiscard]] std::uint32_t partition_of_key(Bytes key, std::uint32_t partitions);

}  // namespace kappa::log
