#pragma once
#include <string>
#include <vector>

#include "kappa/base/result.hpp"
#include "kappa/log/directory.hpp"
#include "kappa/log/progress.hpp"

namespace kappa::log {

/// One thing wrong with a file, with the range of bytes it concerns.
struct Damage {
  std::string file;
  std::uint64_t position = 0;
  std::uint64_t bytes = 0;
  std::string what;  ///< Expected and actual.
};

/// Events [begin, end) that were lost and given up (kappa repair): no damage any more.
struct Gap {
  std::string file;
  std::uint64_t position = 0;
  std::uint64_t bytes = 0;
  Offset begin;
  Offset end;
};

/// What a verification of one partition read and found.
struct VerifyReport {
  std::uint64_t segments = 0;
  std::uint64_t frames = 0;
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;
  std::vector<Damage> damages;
  std::vector<Gap> gaps;
};

/// Reads every byte of a partition that must mean something and checks every hash, every link between frames and
/// between segments, every zero that must be zero. Writes nothing; works beside appenders. `progress` is told how far
/// it is, but not how much there is to do.
[[nodiscard]] Result<VerifyReport> verify_partition(Directory& directory, const TopicInfo& topic,
                                                    std::uint32_t partition, Progress* progress = nullptr);

}  // namespace kappa::log
