#pragma once
#include <string>

#include "backup/heal.hpp"

namespace kappa::log {

/// Makes DIR/damaged, durably, if there is none.
[[nodiscard]] Result<void> make_damaged(const Healing& healing);
/// Copies [position, position + bytes) of a file to the same place of another; less where it ends before.
[[nodiscard]] Result<void> copy_range(Seam& seam, const File& from, const File& to, std::uint64_t position,
                                      std::uint64_t bytes);
/// Copies a file into DIR/damaged, under a name that is not taken there, durably.
[[nodiscard]] Result<void> keep_aside(const Healing& healing, const std::string& path, const std::string& name);

}  // namespace kappa::log
