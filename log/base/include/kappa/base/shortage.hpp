#pragma once
#include <new>
#include <system_error>
#include <type_traits>
#include <utility>

#include "kappa/base/result.hpp"

namespace kappa {

/// Errc::io where memory has run out. The message needs none; the hint is left out where there is none for it.
[[nodiscard]] inline std::unexpected<Error> out_of_memory() {
  Error error{Errc::io, "out of memory", {}};
  try {
    error.hint = "end other programs, or raise the limit (ulimit -v, the cgroup's memory.max)";
  } catch (const std::bad_alloc&) {
    error.hint.clear();
  }
  return std::unexpected(std::move(error));
}

/// What `f` returns; Errc::io where memory or threads run out in it. For the outermost function of each thread, and for
/// destructors: nothing else catches what the standard library throws then, and what has been unwound is as after any
/// failure.
template <typename F>
[[nodiscard]] std::invoke_result_t<const F&> told_of_shortage(const F& f) {
  try {
    return f();
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  } catch (const std::system_error& error) {
    return fail(Errc::io, std::string("no thread can be started: ") + error.what(),
                "end other programs, or raise the limits (ulimit -u, ulimit -v)");
  }
}

}  // namespace kappa
