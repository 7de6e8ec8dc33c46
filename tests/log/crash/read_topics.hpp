#pragma once
#include "found.hpp"
#include "kappa/log/directory.hpp"

namespace kappa::test {

/// Everything that a reader is given of a topic of an open directory. On an error `found` has what was given before it.
[[nodiscard]] Result<void> read_topic(log::Directory& directory, const char* name, FoundTopic& found);
[[nodiscard]] Result<FoundTopics> read_topics(log::Directory& directory);

}  // namespace kappa::test
