#pragma once
#include <unistd.h>

#include <optional>

#include "forwarding_seam.hpp"

namespace kappa::test {

/// Dies, with exit status 0, once it is told where.
class DyingSeam : public ForwardingSeam {
 public:
  enum class At { written, sync };  ///< After the next write; before the next sync of data.
  Result<void> write(const log::File& file, std::uint64_t position, std::span<const Bytes> parts) override {
    auto done = ForwardingSeam::write(file, position, parts);
    if (dies_at == At::written) _exit(0);
    return done;
  }
  Result<void> sync_data(const log::File& file) override {
    if (dies_at == At::sync) _exit(0);
    return ForwardingSeam::sync_data(file);
  }
  std::optional<At> dies_at;
};

}  // namespace kappa::test
