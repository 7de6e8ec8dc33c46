#pragma once
#include <cstdint>

namespace kappa::test {

/// How many allocations fail.
enum class Shortage { once, lasting };

/// Decides about the allocations that this thread makes while a Scarcity is alive: of all of those since arm() the n-th
/// fails (from 1 on), and with Shortage::lasting all that follow until that Scarcity ends.
class Scarcity {
 public:
  static void arm(Shortage shortage, std::uint64_t n);
  /// True once the allocation has failed.
  [[nodiscard]] static bool fired();
  /// Allocations decided about since arm().
  [[nodiscard]] static std::uint64_t count();

  Scarcity();
  ~Scarcity();
  Scarcity(const Scarcity&) = delete;
  Scarcity& operator=(const Scarcity&) = delete;
};

}  // namespace kappa::test
