#pragma once
#include "protocol/partition.hpp"

namespace kappa::log {

/// The place after the last whole frame of a segment, from `from` on.
[[nodiscard]] Result<ChainPoint> scan_to_end(Seam& seam, const SharedSegment& segment, const ChainPoint& from);

/// Rebuilds the words owned by the lock from the last durable point, after a process died inside the lock (`dirty` is
/// set) or when the bytes written since are in doubt: adopts every whole frame, wipes the rest.
[[nodiscard]] Result<void> repair(LockedPartition& locked);

/// Repairs, and writes the bytes past the last durable point once more, so that the next sync means them: a sync that
/// failed (or may have) leaves pages marked clean whose bytes are not on the device.
[[nodiscard]] Result<void> rewrite_tail(LockedPartition& locked);

/// Writes [begin, end) of a file over itself.
[[nodiscard]] Result<void> rewrite(Seam& seam, const File& file, std::uint64_t begin, std::uint64_t end);

/// Before a sync: rewrites the tail if an earlier sync of it may have failed, unknown to this process. Somebody began
/// one and has not told how it ended; or something in flight was there before this process opened the file.
[[nodiscard]] Result<void> rewrite_suspect(LockedPartition& locked);

/// After a failed sync: every append since the last durable one has failed, and nobody may publish.
void poison(LockedPartition& locked);
/// The first thing an append does in a poisoned partition: rewrites, syncs, and goes on if that succeeds.
[[nodiscard]] Result<void> clear_poison(LockedPartition& locked);

/// Makes another segment the active one. While it runs `dirty` must be set.
[[nodiscard]] Result<void> switch_to(LockedPartition& locked, const SegmentFile& successor);

/// Everything before a function's own work under the lock: no death and no damage left behind.
[[nodiscard]] Result<void> make_whole(LockedPartition& locked);

}  // namespace kappa::log
