#pragma once
#include <cerrno>
#include <string>

#include "seam/permission.hpp"

namespace kappa::log {

/// What can be done where a system call has failed with this number; empty where nothing general can be said.
[[nodiscard]] inline std::string hint_of(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return "free space on this file system, then try again";
    case EFBIG:
      return "raise the limit of the size of a file (ulimit -f), then try again";
    case EACCES:
    case EPERM:
      return kPermissionHint;
    case EROFS:
      return "the file system is mounted read-only; only reading commands work on it";
    case ENOTDIR:
      return "a file stands where a directory is expected; name another path";
    case EMFILE:
    case ENFILE:
      return "raise the limit of open files (ulimit -n)";
    default:
      return {};
  }
}

}  // namespace kappa::log
