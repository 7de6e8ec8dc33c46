#pragma once
#include <string>

#include "kappa/log/directory.hpp"
#include "protocol/tail.hpp"

namespace kappa::log {

/// Copies a torn tail of the partition that has this label into a directory, which is made if it is missing: durable
/// when it returns, and never in place of another copy. Only for who has the partition to himself.
[[nodiscard]] Result<RecoveryNote> copy_torn_tail(Seam& seam, const Tail& tail, const std::string& label,
                                                  const std::string& directory);

}  // namespace kappa::log
