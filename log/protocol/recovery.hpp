#pragma once
#include "protocol/partition.hpp"
#include "protocol/tail.hpp"

namespace kappa::log {

/// Brings a partition back after a crash, in place, and makes its head current. The note tells of a torn end that was
/// cut off. Damage is returned as Errc::corruption and then nothing has been written.
[[nodiscard]] Result<std::optional<RecoveryNote>> recover(LockedPartition& locked, const Tail& tail, Offset consumed,
                                                          const std::string& aside_directory);

}  // namespace kappa::log
