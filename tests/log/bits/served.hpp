#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kappa/log/directory.hpp"

namespace kappa::test {

/// A batch that a reader gave: its place and a digest of all that it told.
struct ServedBatch {
  Offset first;
  std::uint64_t digest = 0;
  friend bool operator==(const ServedBatch&, const ServedBatch&) = default;
};

/// What came of reading [from, to) of the batches of a whole log.
struct Reading {
  std::size_t served = 0;      ///< Batches that were given, each as it was appended.
  std::optional<Error> error;  ///< Of opening the reader, seeking or reading.
  bool ended = false;          ///< The log ended before that, without an error.
  std::string wrong;           ///< Not empty: something was given that was not appended there.
};

/// Every batch of a topic's first partition.
[[nodiscard]] Result<std::vector<ServedBatch>> read_all(log::Directory& directory, const log::TopicInfo& topic);
/// Reads some of the batches as `whole` has them; up to the very end if `to` is whole.size().
[[nodiscard]] Reading read_between(log::Directory& directory, const log::TopicInfo& topic,
                                   const std::vector<ServedBatch>& whole, std::size_t from, std::size_t to);

}  // namespace kappa::test
