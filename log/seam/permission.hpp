#pragma once
#include "kappa/base/result.hpp"

namespace kappa::log {

/// What the real seam advises where the process may not do something.
inline constexpr const char* kPermissionHint = "check the permissions of this path, or run as the user who owns it";

[[nodiscard]] inline bool is_permission_problem(const Error& error) {
  return error.code == Errc::io && error.hint == kPermissionHint;
}

}  // namespace kappa::log
