#pragma once

namespace kappa::log {

/// Appending processes and two merging readers (one that may write, one that only reads), killed at random moments for
/// some seconds. Then: nothing acknowledged is lost, and what each reader delivered is what a later replay delivers, in
/// the same order. Failures are failures of the running test. Call it before the process has opened a directory.
void run_kill_stress(int appenders, int seconds);

/// The environment's KAPPA_STRESS_SECONDS, or this many.
[[nodiscard]] int stress_seconds(int otherwise);

}  // namespace kappa::log
