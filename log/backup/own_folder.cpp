// A backup is told to write into a folder that somebody names, and removes files there. So it looks first whose they
// are: the manifest says it; without one each segment's header does.
#include "backup/own_folder.hpp"

#include <algorithm>
#include <array>

#include "fmt/format.h"

namespace kappa::log {
namespace {

constexpr std::array<std::string_view, 5> kOwnNames{"manifest", "manifest.new", "lock", "segments", "lost+found"};
constexpr std::string_view kPart = ".new";  ///< A file that is being written.

std::unexpected<Error> foreign(const BackupPlace& place, const std::string& name) {
  return fail(Errc::conflict, fmt::format("{} is no backup and not empty: it has {}", place.root, name),
              "name a new or an empty folder");
}

std::optional<BackupSegment> segment_named(std::string_view name) {
  if (name.ends_with(kPart)) name.remove_suffix(kPart.size());
  return BackupSegment::of_file_name(name);
}

/// Of a folder without a manifest.
Result<void> check_segments(Seam& seam, const BackupPlace& place, const DirectoryId& directory) {
  auto names = seam.list(place.segments());
  if (!names && names.error().code == Errc::not_found) return {};
  if (!names) return propagate(names);
  for (const std::string& name : *names) {
    const auto segment = segment_named(name);
    if (!segment) return foreign(place, "segments/" + name);
    if (name.ends_with(kPart)) continue;  // Its header is written last.
    auto opened = open_backup_segment(seam, place, *segment);
    if (!opened && opened.error().code != Errc::corruption) return propagate(opened);
    if (!opened || (*opened)->start.header.directory != directory) return foreign(place, "segments/" + name);
  }
  return {};
}

}  // namespace

Result<std::optional<Manifest>> check_own(Seam& seam, const BackupPlace& place, const Manifest& manifest) {
  auto names = seam.list(place.root);
  if (!names && names.error().code == Errc::not_found) return std::nullopt;
  if (!names) return propagate(names);
  for (const std::string& name : *names)
    if (std::ranges::find(kOwnNames, name) == kOwnNames.end()) return foreign(place, name);
  auto earlier = read_manifest(seam, place);
  if (!earlier && earlier.error().code == Errc::not_found) {
    auto directory = directory_of(manifest);
    if (!directory) return propagate(directory);
    if (auto own = check_segments(seam, place, *directory); !own) return propagate(own);
    return std::nullopt;
  }
  if (!earlier) return propagate(earlier);
  if (earlier->directory_file != manifest.directory_file)
    return fail(Errc::conflict, fmt::format("{} is a backup of another directory", place.root), "name another folder");
  return std::move(*earlier);
}

Swept sweep(Seam& seam, const BackupPlace& place, const std::set<std::string>& needed) {
  Swept swept;
  auto names = seam.list(place.segments());
  if (!names) swept.failed = names.error().message;
  if (!names) return swept;
  for (const std::string& name : *names) {
    if (needed.contains(name) || !segment_named(name)) continue;
    auto removed = seam.remove(place.segments() + "/" + name);
    if (removed) ++swept.removed;
    if (!removed) swept.failed = removed.error().message;
  }
  return swept;
}

}  // namespace kappa::log
