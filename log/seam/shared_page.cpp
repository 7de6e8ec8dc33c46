// The one 16-byte access. Sequence and append time must be drawn in a single step: a counter and a clock read one
// after the other let two appenders draw in one order and look at the clock in the other, and times would go backwards
// along the sequence. The instruction is written out because a compiler turns a 16-byte std::atomic into a call of a
// library that may take a lock, and a lock in memory shared with a killed process is a lock forever.
#include "seam/shared_page.hpp"

namespace kappa::log {

bool SharedPage::compare_exchange(WideWord word, Wide& expected, Wide desired) const {
  seam_->point(PointKind::exchange, *this, word.offset);
  struct alignas(16) Memory {
    std::uint64_t words[2];
  };
  auto* memory = reinterpret_cast<Memory*>(memory_ + word.offset);
  bool replaced = false;
  asm volatile("lock cmpxchg16b %1"
               : "=@ccz"(replaced), "+m"(*memory), "+a"(expected.first), "+d"(expected.second)
               : "b"(desired.first), "c"(desired.second)
               : "memory");
  return replaced;
}

}  // namespace kappa::log
