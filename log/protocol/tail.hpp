#pragma once
#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "protocol/environment.hpp"
#include "protocol/segment_file.hpp"

namespace kappa::log {

/// What the end of a partition says after a crash, read from its last segment alone; nothing is written.
struct Tail {
  SharedSegment segment;
  std::uint64_t bytes = 0;  ///< Size of its file.
  std::optional<Mark> mark;
  ChainPoint from;                      ///< The newest mark, or the segment's start.
  ChainPoint end;                       ///< After the last whole frame that the chain reaches.
  std::optional<Fault> stop;            ///< What stands at `end`, unless it is nothing but zeros up to the file's end.
  std::uint64_t stop_end = 0;           ///< After the last byte of the file that is not zero (at least `end`).
  Position evidence;                    ///< Everything before it was durable once.
  Sequence highest;                     ///< Of all sequences found, drawn or named as consumed.
  std::vector<ConsumedInput> consumed;  ///< Of the newest whole commit.

  /// How many headers can at most have stood in the bytes behind `end` that are, or must have been, something.
  [[nodiscard]] std::uint64_t lost_headers() const {
    const std::uint64_t last = std::max(stop_end, evidence.value);
    return (last - std::min(last, end.position.value) + kFrameHeaderBytes - 1) / kFrameHeaderBytes;
  }
};

/// How far each partition (topic, partition) has provably been durable, by the commits found in all tails.
using ConsumedEvidence = std::map<std::pair<TopicId, std::uint32_t>, Offset>;
void add_evidence(ConsumedEvidence& evidence, const Tail& tail);

/// Reads a partition's tail. Errc::corruption for damage that leaves no tail to speak of: a last segment that is sealed
/// (its successor is lost) or whose header is not whole.
[[nodiscard]] Result<Tail> read_tail(Seam& seam, const std::string& directory, Access access);

/// What can be said of the sequences in a partition whose tail cannot be read.
struct LostTail {
  Sequence highest;             ///< Of all sequences found.
  std::uint64_t bytes_max = 0;  ///< In which further ones may have stood.
};
[[nodiscard]] Result<LostTail> read_lost_tail(Seam& seam, const std::string& directory);

/// The damage in a tail, judged with what other tails say; nullopt: there is none, or a torn end at most.
[[nodiscard]] std::optional<Error> damage_of(const Tail& tail, Offset consumed);

}  // namespace kappa::log
