#pragma once
#include <cstdint>
#include <string>

#include "backup_judge.hpp"
#include "cold_judge.hpp"
#include "open_judge.hpp"

namespace kappa::test {

/// Which damages are tried: of each stretch of a file that part of all parts, and of that one in so many. In long
/// stretches of zeros (space allocated ahead, what is behind a header or a mark) it is one in seventeen of those.
struct Effort {
  std::uint64_t one_in = 1;
  std::uint64_t part = 0;
  std::uint64_t parts = 1;
  std::uint64_t seed = 1;
};

/// How often verification is tried on frames, where reading has told already.
enum class Verified { each_bit, some };

/// A segment with a successor: each bit of a frame, and of what is before and behind the frames, by reading and by
/// verifying; each length.
void try_left_segment(OpenJudge& judge, Verified verified, const Effort& effort, Tally& tally);
/// The newest segment, closed: each bit of a frame that opening does not read, by reading; some by verifying, too. Each
/// length, cut off while the directory is open.
void try_newest_frames(OpenJudge& judge, const Effort& effort, Tally& tally);
/// What opening reads of the newest segment: each bit before its frames and from `from` on; each length from the newest
/// mark on, and some before it.
void try_newest_cold(ColdJudge& judge, std::uint64_t from, std::uint64_t mark, const Effort& effort, Tally& tally);
/// Each bit and each length of a file, by starting cold.
void try_file(ColdJudge& judge, const Effort& effort, Tally& tally);
void try_backup_file(BackupJudge& judge, const std::string& file, const Effort& effort, Tally& tally);

}  // namespace kappa::test
