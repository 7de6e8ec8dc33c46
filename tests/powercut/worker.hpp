#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "record.hpp"

namespace kappa::powercut {

/// What a process inside the box is to do.
struct Work {
  std::string role;       ///< append, read, manage, inspect, inspect_read_only.
  std::string directory;  ///< Made where there is none, but by an inspection.
  std::uint64_t writer = 0;
  std::uint64_t seed = 0;
  int pipe = -1;
  std::string planted;  ///< The mistake that lies over its seam (dropped_syncs.hpp); empty: none.
};

/// Whether there is a mistake of this name.
[[nodiscard]] bool knows_planted(std::string_view name);
/// Works until it is killed (an inspection: until it has told all). The exit status; what went wrong is on stderr.
[[nodiscard]] int work(const Work& work);

}  // namespace kappa::powercut
