#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backup/segment_copy.hpp"
#include "format/format.hpp"
#include "kappa/log/topic.hpp"

namespace kappa::log {

/// A segment of a backup, and with what its frames end.
struct BackupSegment {
  std::string topic;
  TopicId id;
  std::uint32_t partition = 0;
  Offset base;
  Position end;
  std::uint64_t chain = 0;
  SegmentForm form = SegmentForm::open;
  std::uint64_t bytes = 0;  ///< Size of the file.

  /// Names what the file holds, and so the same for every backup of the same frames.
  [[nodiscard]] std::string file_name() const;
  /// What a name says, which is all but topic, end and bytes; nullopt for what is none.
  [[nodiscard]] static std::optional<BackupSegment> of_file_name(std::string_view name);
};

/// What belongs to a backup: BACKUP/manifest (docs/log-format.md, "Backups").
struct Manifest {
  std::array<std::byte, kDirectoryFileBytes> directory_file{};  ///< DIR/kappa.
  Sequence sequence;                                            ///< Of the newest frame.
  Micros taken = 0;
  std::vector<BackupSegment> segments;  ///< Of each partition, in the order of offsets; `_catalog` first.
};

[[nodiscard]] std::string encode_manifest(const Manifest& manifest);
/// Errc::corruption for what is no manifest, or not whole; Errc::conflict for one of a newer version.
[[nodiscard]] Result<Manifest> decode_manifest(std::string_view text);
/// The directory that a backup is of.
[[nodiscard]] Result<DirectoryId> directory_of(const Manifest& manifest);

}  // namespace kappa::log
