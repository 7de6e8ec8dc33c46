#pragma once
#include <ucontext.h>

#include <cstddef>
#include <functional>
#include <memory>

namespace kappa::test {

/// A flow of control with a stack of its own. All fibers of a scheduler run on one thread, one at a time; going from
/// one to another costs a fraction of a microsecond. Never switch while an exception is in flight.
class Fiber {
 public:
  /// The flow that is running already: the thread's own.
  Fiber() = default;
  /// A flow that begins at its first resumption. The body must not return. Ends by being destroyed while it does not
  /// run; what stands on its stack is not unwound.
  explicit Fiber(std::function<void()> body);
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// Leaves this fiber, which is running, for another; returns when somebody resumes this one.
  void switch_to(Fiber& other);

 private:
  static void enter();
  void arrived();

  std::function<void()> body_;
  std::unique_ptr<std::byte[]> stack_;
  ucontext_t context_{};
  // What the address sanitizer needs to know of a stack.
  [[maybe_unused]] const void* bottom_ = nullptr;
  [[maybe_unused]] std::size_t bytes_ = 0;
  [[maybe_unused]] void* fake_stack_ = nullptr;
};

}  // namespace kappa::test
