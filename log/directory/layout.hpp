#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kappa/log/topic.hpp"
#include "protocol/environment.hpp"
#include "seam/seam.hpp"

namespace kappa::log {

/// Paths within a data directory.
struct Layout {
  std::string root;
  [[nodiscard]] std::string kappa_file() const { return root + "/kappa"; }
  [[nodiscard]] std::string lock_file() const { return root + "/lock"; }
  [[nodiscard]] std::string sequence_file() const { return root + "/sequence"; }
  [[nodiscard]] std::string topics() const { return root + "/topics"; }
  [[nodiscard]] std::string aside() const { return root + "/torn"; }
  [[nodiscard]] std::string damaged() const { return root + "/damaged"; }
  /// Is there as long as a restore is not done. No directory that is made or used has this name in it.
  static constexpr std::string_view kRestoring = "restoring";
  [[nodiscard]] std::string restoring_file() const { return root + "/" + std::string(kRestoring); }
  [[nodiscard]] std::string topic(std::string_view name) const;
  [[nodiscard]] std::string partition(std::string_view topic_name, std::uint32_t number) const;
};

/// A partition's directory as found, whether the catalog knows it or not.
struct FoundPartition {
  std::string topic;
  std::uint32_t number = 0;
};
/// Every partition directory below `topics`, sorted by name and number.
[[nodiscard]] Result<std::vector<FoundPartition>> find_partitions(Seam& seam, const Layout& layout);
[[nodiscard]] Result<std::vector<FoundPartition>> find_partitions_of(Seam& seam, const Layout& layout,
                                                                     const std::string& topic);

/// The topic whose segments a partition's directory holds; nullopt if there is no whole segment.
[[nodiscard]] Result<std::optional<SegmentHeader>> first_header(Seam& seam, const std::string& partition_directory);

/// Makes a partition: its directory and first segment, durable when it returns. One that is there already stays as
/// it is.
[[nodiscard]] Result<void> create_partition(const Environment& environment, const PartitionPlace& place);
/// Removes a topic's directory with everything in it, after telling those who have it open by its heads.
[[nodiscard]] Result<void> remove_topic_tree(Seam& seam, const Layout& layout, const std::string& topic);

/// True until a restore has put DIR/kappa there. Whoever holds DIR/lock exclusively knows that it is not under way.
[[nodiscard]] Result<bool> is_half_restored(Seam& seam, const Layout& layout);
/// What is told of such a directory.
[[nodiscard]] std::unexpected<Error> half_restored(const Layout& layout);
/// Makes a directory and those above it, where they are missing.
[[nodiscard]] Result<void> make_directories(Seam& seam, const std::filesystem::path& path);
/// A new directory has a name in its parent, and perhaps that one, too, is new: a loss of power must not take them from
/// above what is durable below. A parent that may not be read cannot be synced; nor was it made just now.
[[nodiscard]] Result<void> sync_parents(Seam& seam, const std::filesystem::path& root);
/// Refuses file systems on which a data directory cannot be kept.
[[nodiscard]] Result<void> check_file_system(Seam& seam, const std::string& root);

/// Replaces a small file in one step: whole and durable when it returns, the old one until then.
[[nodiscard]] Result<void> replace_file(Seam& seam, const std::string& path, Bytes content);
/// Opens a file and takes its lock, which the File keeps; nullopt where others hold it now.
[[nodiscard]] Result<std::optional<File>> open_locked(Seam& seam, const std::string& path, OpenMode open,
                                                      LockMode lock);
/// The whole of a small file.
[[nodiscard]] Result<std::vector<std::byte>> read_file(Seam& seam, const std::string& path);

}  // namespace kappa::log
