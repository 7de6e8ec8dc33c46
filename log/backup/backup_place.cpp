#include "backup/backup_place.hpp"

#include "directory/layout.hpp"
#include "fmt/format.h"
#include "kappa/base/shell_quoted.hpp"

namespace kappa::log {

Result<Manifest> read_manifest(Seam& seam, const BackupPlace& place) {
  auto content = read_file(seam, place.manifest_file());
  if (!content && content.error().code == Errc::not_found)
    return fail(Errc::not_found, fmt::format("{} is no backup: it has no manifest", place.root),
                "a backup is made by: kappa backup " + shell_quoted(place.root));
  if (!content) return propagate(content);
  auto manifest = decode_manifest(as_text(*content));
  if (!manifest) {
    manifest.error().message = fmt::format("{}: {}", place.manifest_file(), manifest.error().message);
    if (manifest.error().code == Errc::corruption)
      manifest.error().hint = "use another backup; one into a new folder copies everything";
  }
  return manifest;
}

Result<OpenBackup> open_backup(Seam& seam, const std::string& root) {
  OpenBackup backup{{root}, {}, {}};
  auto lock = open_locked(seam, backup.place.lock_file(), OpenMode::read, LockMode::shared);
  if (!lock && lock.error().code != Errc::not_found) return propagate(lock);
  if (lock && !*lock)
    return fail(Errc::conflict, fmt::format("{}: a backup is being written there now", root),
                "wait until it is done, then try again");
  if (lock) backup.lock = std::move(**lock);
  auto manifest = read_manifest(seam, backup.place);
  if (!manifest) return propagate(manifest);
  backup.manifest = std::move(*manifest);
  return backup;
}

Result<SharedSegment> open_backup_segment(Seam& seam, const BackupPlace& place, const BackupSegment& segment) {
  const std::string path = place.segment(segment);
  auto opened = open_segment_file(seam, path, Access::read_only);
  if (!opened && opened.error().code == Errc::not_found)
    return fail(Errc::corruption, fmt::format("{}: this file of the backup is missing", path));
  if (!opened) return opened;
  const SegmentHeader& header = (*opened)->start.header;
  if (header.topic != segment.id || header.partition != segment.partition || header.base_offset != segment.base)
    return fail(Errc::corruption, fmt::format("{}: it holds a segment of another place", path));
  return opened;
}

}  // namespace kappa::log
