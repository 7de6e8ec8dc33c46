// Simulated processes change places several times in a schedule, and there are hundreds of thousands of schedules:
// handing over between threads would take most of the time. The address sanitizer must be told of every change of
// stack, or it takes frames of another fiber for errors.
#include "fiber.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define KAPPA_TELL_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KAPPA_TELL_SANITIZER 1
#endif
#endif
#if defined(KAPPA_TELL_SANITIZER)
#include <sanitizer/common_interface_defs.h>
#endif

namespace kappa::test {
namespace {

constexpr std::size_t kStackBytes = 1 << 20;

thread_local Fiber* previous = nullptr;
thread_local Fiber* starting = nullptr;

}  // namespace

Fiber::Fiber(std::function<void()> body)
    : body_(std::move(body)), stack_(new std::byte[kStackBytes]), bottom_(stack_.get()), bytes_(kStackBytes) {
  getcontext(&context_);
  context_.uc_stack.ss_sp = stack_.get();
  context_.uc_stack.ss_size = kStackBytes;
  makecontext(&context_, &Fiber::enter, 0);
}

void Fiber::enter() {
  Fiber& self = *starting;
  self.arrived();
  self.body_();
}

void Fiber::switch_to(Fiber& other) {
  previous = this;
  starting = &other;
#if defined(KAPPA_TELL_SANITIZER)
  __sanitizer_start_switch_fiber(&fake_stack_, other.bottom_, other.bytes_);
#endif
  swapcontext(&context_, &other.context_);
  arrived();
}

void Fiber::arrived() {
#if defined(KAPPA_TELL_SANITIZER)
  __sanitizer_finish_switch_fiber(fake_stack_, &previous->bottom_, &previous->bytes_);
#endif
}

}  // namespace kappa::test
