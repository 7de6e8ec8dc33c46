#pragma once
#include <atomic>
#include <cstdint>

namespace kappa::bench {

/// Where fdatasync calls of this process are counted; nullptr: nowhere. May point into memory that processes share.
extern std::atomic<std::uint64_t>* counted_syncs;

}  // namespace kappa::bench
