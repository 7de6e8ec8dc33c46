#include "kill_stress.hpp"

#include <gtest/gtest.h>

namespace kappa::log {

TEST(KillStress, LosesNothingAcknowledgedAndKeepsTheOneOrder) {
  run_kill_stress(8, stress_seconds(30));
}

}  // namespace kappa::log
