#pragma once
#include "seam/forwarding_seam.hpp"

namespace kappa::test {

/// Does what another seam does, the operating system's unless told.
class ForwardingSeam : public log::ForwardingSeam {
 public:
  explicit ForwardingSeam(log::Seam& real = log::real_seam()) : log::ForwardingSeam(real) {}
};

}  // namespace kappa::test
