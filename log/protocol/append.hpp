#pragma once
#include "format/frame.hpp"
#include "protocol/partition.hpp"

namespace kappa::log {

/// What must hold under the lock for an append to happen.
struct AppendConditions {
  std::optional<Offset> expected_end;
  std::optional<std::uint32_t> owner_epoch;
};

/// Writes a drafted frame. When it returns the frame is in the file, whole, with its place in the one order; it is not
/// yet durable. Errors leave nothing behind. Errc::conflict if a condition does not hold.
[[nodiscard]] Result<Stamp> append_frame(Partition& partition, FrameDraft& draft, const AppendConditions& conditions);

/// Writes the control frame that raises the owner epoch by one, and returns the new epoch and the frame's stamp.
struct Ownership {
  std::uint32_t epoch = 0;
  Stamp stamp;
};
[[nodiscard]] Result<Ownership> append_owner_epoch(Partition& partition);

/// Writes the control frame that moves the log start to the beginning of a segment. nullopt: it is there or further
/// already. Errc::conflict if no segment begins there. Nothing is removed.
[[nodiscard]] Result<std::optional<Stamp>> append_log_start(Partition& partition, Offset log_start);

}  // namespace kappa::log
