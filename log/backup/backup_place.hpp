#pragma once
#include <optional>
#include <string>

#include "backup/manifest.hpp"
#include "seam/seam.hpp"

namespace kappa::log {

/// Paths within a backup.
struct BackupPlace {
  std::string root;
  [[nodiscard]] std::string manifest_file() const { return root + "/manifest"; }
  [[nodiscard]] std::string lock_file() const { return root + "/lock"; }
  [[nodiscard]] std::string segments() const { return root + "/segments"; }
  [[nodiscard]] std::string segment(const BackupSegment& segment) const {
    return segments() + "/" + segment.file_name();
  }
};

/// Errc::not_found where there is no backup.
[[nodiscard]] Result<Manifest> read_manifest(Seam& seam, const BackupPlace& place);

/// A backup that is read: nobody removes a file of it meanwhile.
struct OpenBackup {
  BackupPlace place;
  Manifest manifest;
  File lock;  ///< Not open where the backup has no such file, as on a medium that cannot be written to.
};
/// Errc::conflict while somebody writes to it.
[[nodiscard]] Result<OpenBackup> open_backup(Seam& seam, const std::string& root);

/// Opens a segment's file and checks its header against the manifest.
[[nodiscard]] Result<SharedSegment> open_backup_segment(Seam& seam, const BackupPlace& place,
                                                        const BackupSegment& segment);

}  // namespace kappa::log
