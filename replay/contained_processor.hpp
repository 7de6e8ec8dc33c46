#pragma once
#include <functional>
#include <memory>

#include "kappa/base/result.hpp"
#include "kappa/processor/processor.hpp"

namespace kappa::replay {

/// A processor that does what the one does that is made by somebody else's code; what making it, or it, throws becomes
/// an error: Errc::query, or Errc::io where memory has run out. What it has become then nobody knows, so whatever is
/// asked of it afterwards gives the same error.
[[nodiscard]] Result<std::unique_ptr<processor::Processor>> make_contained(
    const std::function<std::unique_ptr<processor::Processor>()>& make);

}  // namespace kappa::replay
