#pragma once

namespace kappa::log {

// The terminal's stop signal (Ctrl-Z) is blocked in a thread from its first locked directory to its last one's release,
// so that nobody waits for a stopped process. A thread that had it blocked before keeps it blocked. Directories are
// told apart by their descriptors.

void block_stop_signal(int directory);
/// No effect for a directory that this thread has not locked.
void unblock_stop_signal(int directory);

}  // namespace kappa::log
