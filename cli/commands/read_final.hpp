#pragma once
#include <string>

#include "frame/command.hpp"
#include "kappa/log/directory.hpp"

namespace kappa::cli {

/// Prints the contents of a view (or of its errors) at a position, from its changelog where that answers, else by a
/// replay from offset zero. An empty `as_of` is its last commit.
[[nodiscard]] Result<void> read_final(Context& context, log::Directory& directory, const log::TopicInfo& topic,
                                      const std::string& as_of);

}  // namespace kappa::cli
