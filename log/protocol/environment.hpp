#pragma once
#include <chrono>
#include <functional>
#include <string>

#include "format/body.hpp"
#include "format/format.hpp"
#include "kappa/log/directory.hpp"
#include "seam/seam.hpp"

namespace kappa::log {

class SequencePage;
class Housekeeper;

/// Sizes and times of the protocol; tests make them small.
struct ProtocolOptions {
  std::uint64_t segment_bytes = 256ull << 20;         ///< A segment is left once the next frame would pass this.
  std::uint64_t mark_every_bytes = 8ull << 20;        ///< At most this much durable data follows a mark.
  std::uint64_t unsynced_bytes_max = 64ull << 20;     ///< write() waits for a sync beyond this.
  std::chrono::milliseconds mark_after_quiet{50};     ///< After the last append: mark and sync.
  std::chrono::milliseconds lock_wait_notice{1'000};  ///< Then the holder's pid is named.
  std::chrono::milliseconds lock_wait_max{30'000};    ///< Then the call fails.
  CompressionLevel level = CompressionLevel::fast;
};

/// What all partitions of an open directory share. Outlives them.
struct Environment {
  Seam& seam;
  SequencePage& sequence;
  Access access;
  DirectoryId directory;
  std::uint32_t pid;
  ProtocolOptions options;
  Housekeeper* housekeeper;                        ///< nullptr: the appending threads do its work.
  std::function<void(const std::string&)> notice;  ///< Told of long waits; may be empty.
};

/// Which partition a directory of segments is.
struct PartitionPlace {
  std::string directory;
  std::string label;  ///< "topic/partition", for messages.
  TopicId topic;
  TopicKind kind = TopicKind::user;
  std::uint32_t partition = 0;
};

}  // namespace kappa::log
