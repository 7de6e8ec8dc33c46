#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "disk_seam.hpp"

namespace kappa::test {

/// A mistake that a log could make, laid over the seam of a correct one: each makes a process lie to itself about what
/// it has done to its files.
struct PlantedFault {
  std::string name;
  std::function<std::unique_ptr<log::Seam>(DiskSeam&)> make;
};

[[nodiscard]] std::vector<PlantedFault> planted_faults();

}  // namespace kappa::test
