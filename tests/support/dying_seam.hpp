#pragma once
#include <unistd.h>

#include "forwarding_seam.hpp"

namespace kappa::test {

/// Dies, with exit status 0, at the first sync once it is told to.
class DyingSeam : public ForwardingSeam {
 public:
  Result<void> sync_data(const log::File& file) override {
    return dies ? (_exit(0), Result<void>{}) : ForwardingSeam::sync_data(file);
  }
  bool dies = false;
};

}  // namespace kappa::test
