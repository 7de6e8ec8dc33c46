// The program's own fdatasync stands before the C library's, for the log as well, which is linked into it.
#include "sync_count.hpp"

#include <sys/syscall.h>
#include <unistd.h>

namespace kappa::bench {

std::atomic<std::uint64_t>* counted_syncs = nullptr;

}  // namespace kappa::bench

extern "C" int fdatasync(int file) {
  if (kappa::bench::counted_syncs != nullptr) kappa::bench::counted_syncs->fetch_add(1, std::memory_order_relaxed);
  return static_cast<int>(syscall(SYS_fdatasync, file));
}
