#pragma once
#include <new>
#include <system_error>
#include <type_traits>

#include "kappa/base/result.hpp"

namespace kappa {

/// What `f` returns; Errc::io where memory or threads run out in it. For the outermost function of each thread: nothing
/// else catches what the standard library throws then, and what has been unwound is as after any failure.
template <typename F>
[[nodiscard]] std::invoke_result_t<const F&> told_of_shortage(const F& f) {
  try {
    return f();
  } catch (const std::bad_alloc&) {
    return fail(Errc::io, "out of memory",
                "end other programs, or raise the limit (ulimit -v, the cgroup's memory.max)");
  } catch (const std::system_error& error) {
    return fail(Errc::io, std::string("no thread can be started: ") + error.what(),
                "end other programs, or raise the limits (ulimit -u, ulimit -v)");
  }
}

}  // namespace kappa
