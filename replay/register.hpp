#pragma once
#include "kappa/log/directory.hpp"
#include "kappa/processor/processor.hpp"
#include "kappa/replay/definition.hpp"

namespace kappa::replay {

/// The topics behind a processor's inputs, in its order. Errc::not_found with a near miss, Errc::conflict for a
/// view's topic.
[[nodiscard]] Result<std::vector<log::TopicInfo>> input_topics(log::Directory& directory,
                                                               const processor::Processor& made);

/// Makes the catalog agree with a definition: new views are defined, known ones must be unchanged (else
/// Errc::conflict), missing changelog topics are created. Safe against others doing the same.
[[nodiscard]] Result<void> register_views(log::Directory& directory, const Definition& definition,
                                          const Compile& compile);

}  // namespace kappa::replay
