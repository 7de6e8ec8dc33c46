#pragma once
#include <functional>
#include <string>

#include "kappa/log/directory.hpp"
#include "kappa/processor/processor.hpp"
#include "kappa/replay/definition.hpp"

namespace kappa::replay {

/// The topics behind a processor's inputs, in its order. Errc::not_found with a near miss, Errc::conflict for a
/// view's topic.
[[nodiscard]] Result<std::vector<log::TopicInfo>> input_topics(log::Directory& directory,
                                                               const processor::Processor& made);

/// Errc::conflict where a table of the view has no PRIMARY KEY and its topic was compacted by key. Where it has one,
/// and no view of the catalog has the same table, `warning` is told that another table decided what is left.
[[nodiscard]] Result<void> check_compacted_inputs(log::Directory& directory, const Definition& definition,
                                                  const ViewSpec& view,
                                                  const std::function<void(const std::string&)>& warning);

/// Makes the catalog agree with a definition: new views are defined, known ones must be unchanged (else
/// Errc::conflict), as what new ones read must not be compacted by key but for keyed tables, missing changelog topics
/// are created. Safe against others doing the same.
[[nodiscard]] Result<void> register_views(log::Directory& directory, const Definition& definition,
                                          const Compile& compile);

}  // namespace kappa::replay
