#pragma once
#include "protocol/partition.hpp"

namespace kappa::log {

/// Returns once the frame of this sequence is durable and published; Errc::io if the sync that was to make it so
/// failed.
[[nodiscard]] Result<void> await_durable(Partition& partition, Sequence sequence);

/// Syncs what is written and publishes it. Correct at any time, in any process, beside any other: leadership only saves
/// double work. Used by leaders, by helpers of dead ones, and by housekeeping.
[[nodiscard]] Result<void> sync_and_publish(Partition& partition);

/// Afterwards nothing that was written before is in doubt: it is durable and published, or it is not there (after a
/// failed sync). For who must decide on all there is, not only on what has been published.
[[nodiscard]] Result<void> settle(Partition& partition);

/// How long somebody else's sync may take before it is helped: 2 ms or 4 usual syncs.
[[nodiscard]] std::chrono::nanoseconds patience(const HeadPage& head);

/// Makes what is written durable, writes a mark at its end if there is none there yet, and syncs that as a round of its
/// own.
[[nodiscard]] Result<void> mark_durable_end(Partition& partition);
/// Under the lock, on a segment all of whose marks are known to the head: a mark at this point, not synced.
[[nodiscard]] Result<void> put_mark(LockedPartition& locked, const SegmentFile& segment, const ChainPoint& point);

}  // namespace kappa::log
