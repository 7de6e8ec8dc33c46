#pragma once
#include <string_view>

#include "kappa/log/reader.hpp"
#include "text/range.hpp"

namespace kappa::cli {

/// The range that an option names; ages are counted from now.
[[nodiscard]] Result<Range> parse_range(std::string_view text);

/// The same range of one partition, with the offsets that its times stand for.
[[nodiscard]] Result<Range> in_offsets(const Range& range, log::PartitionReader& reader);

/// `tail` begins at a time that has been, and its range has no time at its end: nobody knows whether something is still
/// to come that was appended before.
[[nodiscard]] Result<void> check_times_to_follow(const Range& range);

}  // namespace kappa::cli
