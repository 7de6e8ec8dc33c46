#pragma once
#include <cstdint>
#include <memory>
#include <optional>

#include "commands/topic_writer.hpp"
#include "kappa/log/once.hpp"

namespace kappa::cli {

/// What an append asks of where it goes.
struct TopicWriterOptions {
  std::optional<std::uint64_t> partition;     ///< Everything to this one.
  std::optional<std::uint64_t> expected_end;  ///< All in one append, if the partition ends here.
  std::optional<log::OnceOptions> once;       ///< Leave out what is there already.
  bool may_have_keys = false;                 ///< False: no event will have one.
};

/// Opens all partitions that the events may go to, so that one which takes no appends is told before anything is
/// appended. Errc::not_found where there is no such partition; Errc::usage where it must be certain which of several
/// one is meant, and is not.
[[nodiscard]] Result<std::unique_ptr<TopicWriter>> open_topic_writer(log::Directory& directory,
                                                                     const log::TopicInfo& topic,
                                                                     const TopicWriterOptions& options);

}  // namespace kappa::cli
