#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "kappa/base/result.hpp"
#include "kappa/base/units.hpp"
#include "kappa/log/directory.hpp"
#include "kappa/log/progress.hpp"
#include "kappa/log/verify.hpp"

namespace kappa::log {

/// `dry_run` writes nothing and says what would be copied.
struct BackupOptions {
  bool dry_run = false;
  Progress* progress = nullptr;
};

/// What a backup holds, and what of it was copied this time.
struct BackupReport {
  Sequence sequence;  ///< Of the newest frame in it.
  std::uint64_t topics = 0;
  std::uint64_t segments_copied = 0;
  std::uint64_t bytes_copied = 0;
  std::uint64_t segments_kept = 0;  ///< Were there already.
  std::uint64_t bytes_kept = 0;
  std::uint64_t files_removed = 0;  ///< Of earlier backups, which this one does not need.
  std::string not_removed;          ///< Not empty: some of those are still there; says why.
  /// Not empty: an append that its process has not finished keeps back what was appended behind it; says which.
  std::string held_back;
};

/// Copies everything durable at or below one sequence, of all topics and the catalog, into the folder `to`, which it
/// makes where there is none. Works beside appenders, also through a read-only directory, and writes nothing there. The
/// hash of every byte that is copied is checked: damage is Errc::corruption. What an earlier backup of the same
/// directory has left in `to` is kept where it is the same. Errc::conflict where `to` has files of others, or an
/// earlier backup with events that this directory does not have.
///
/// After a crash or an error at any point `to` holds the earlier backup, or this one, whole. One backup at a time into
/// the same folder (Errc::conflict).
[[nodiscard]] Result<BackupReport> back_up(Directory& directory, const std::filesystem::path& to,
                                           const BackupOptions& options = {});

/// `seam` as in OpenOptions.
struct RestoreOptions {
  Progress* progress = nullptr;
  Seam* seam = nullptr;
};

/// What a backup holds.
struct RestoreReport {
  Sequence sequence;
  Micros taken = 0;  ///< When it was taken.
  std::uint64_t topics = 0;
  std::uint64_t segments = 0;
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;
  std::vector<Damage> damages;  ///< Of check_backup() only.
};

/// Makes a data directory of a backup: the same events, offsets, sequences and topics. `to` must not exist, or be empty
/// (Errc::conflict). Durable when it returns; the hash of every frame is checked on the way (Errc::corruption). After a
/// crash, or an error, `to` is no data directory, and is refused as one.
[[nodiscard]] Result<RestoreReport> restore(const std::filesystem::path& backup, const std::filesystem::path& to,
                                            const RestoreOptions& options = {});

/// Reads every byte of a backup and checks it; writes nothing.
[[nodiscard]] Result<RestoreReport> check_backup(const std::filesystem::path& backup,
                                                 const RestoreOptions& options = {});

}  // namespace kappa::log
