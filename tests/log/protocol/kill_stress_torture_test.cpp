#include <gtest/gtest.h>

#include "kill_stress.hpp"

namespace kappa::log {

TEST(KillStressTorture, OfSixteenProcessesForAMinute) {
  run_kill_stress(16, stress_seconds(60));
}

}  // namespace kappa::log
