#pragma once
#include <cstdint>

#include "kappa/base/result.hpp"

namespace kappa::log {

/// Is told how a long work goes on, in bytes. Called from the thread that works.
class Progress {
 public:
  virtual ~Progress() = default;
  /// So many bytes more are to be worked through.
  virtual void expect(std::uint64_t bytes) = 0;
  /// So many have been, since the last call. May wait, to slow the work down; an error ends the work with it.
  [[nodiscard]] virtual Result<void> advance(std::uint64_t bytes) = 0;
};

}  // namespace kappa::log
