#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "kappa/base/result.hpp"
#include "kappa/base/units.hpp"
#include "kappa/log/directory.hpp"

namespace kappa::log {

/// Bytes of a file that are damaged, and the offsets [begin, end) of the events in them; `end` is not known where
/// nothing whole stands behind.
struct DamagedRange {
  std::string topic;  ///< Empty: DIR/kappa.
  std::uint32_t partition = 0;
  std::string file;
  std::uint64_t position = 0;
  std::uint64_t bytes = 0;
  Offset begin;
  std::optional<Offset> end;
  std::string what;  ///< What can be done, or why nothing can.
};

/// `show` writes nothing.
enum class RepairMode : std::uint8_t { show, apply };

struct RepairReport {
  std::vector<DamagedRange> healed;  ///< With `show`: that would be.
  std::vector<DamagedRange> lost;    ///< That stay as they are.
  std::vector<DamagedRange> gaps;    ///< That become gaps on record; with `show`: that would.
  std::vector<std::string> kept_aside;
  bool topics_unknown = false;  ///< The catalog is damaged, so nothing else was looked at.
};

struct RepairOptions {
  RepairMode mode = RepairMode::show;
  std::vector<std::string> topics = {};  ///< Empty: all, and the catalog.
  Seam* seam = nullptr;                  ///< As in OpenOptions.
};

/// Without a backup: makes anew what follows from what is whole (marks, footers, a segment's header, DIR/kappa), and
/// turns damaged frames into gaps. A gap is an event gap_recorded of the catalog, before anything is changed, and then
/// a frame in the place of the lost ones, so that every later read sees the same gap and the chain holds across it. In
/// the catalog itself there are no gaps. Files as they were are copied to DIR/damaged first; a crash leaves each file
/// as it was or repaired, and what was recorded is finished by the next repair.
///
/// With a backup: replaces what is damaged in a directory by what a backup of it has, where the chain of hashes proves
/// that both are of one history: something whole behind the damage (a frame, a mark, the next segment) has to follow
/// what is put in its place. Files as they were are copied to DIR/damaged first. What the backup cannot heal stays as
/// it is.
///
/// With `apply` nobody else may have the directory open for writing (Errc::conflict). Errc::conflict also for a backup
/// of another directory. After a crash each file is as it was or healed.
[[nodiscard]] Result<RepairReport> repair(const std::filesystem::path& directory,
                                          const std::optional<std::filesystem::path>& backup,
                                          const RepairOptions& options);

}  // namespace kappa::log
