// What lies where in a data directory, and the making and removing of its parts. A partition counts as made once its
// first segment has its name; its head and the directory's counter are built by recovery, here as after any crash.
#include "directory/layout.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

#include "fmt/format.h"
#include "kappa/base/shell_quoted.hpp"
#include "protocol/head_page.hpp"
#include "protocol/roll.hpp"
#include "protocol/segment_file.hpp"
#include "seam/permission.hpp"

namespace kappa::log {
namespace {

std::optional<std::uint32_t> number_of(const std::string& name) {
  std::uint32_t number = 0;
  const char* end = name.data() + name.size();
  const auto parsed = std::from_chars(name.data(), end, number);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return number;
}

bool missing(const Error& error) {
  return error.code == Errc::not_found;
}

/// Whoever has the partition open finds out by its head.
void mark_deleted(Seam& seam, const std::string& partition_directory) {
  auto file = seam.open(partition_directory + "/head", OpenMode::write);
  if (!file) return;
  auto page = seam.map(*file, OpenMode::write);
  if (page) page->store(HeadPage::kDeleted, 1);
}

Result<void> remove_files(Seam& seam, const std::string& directory) {
  auto names = seam.list(directory);
  if (!names) return propagate(names);
  for (const std::string& name : *names)
    if (auto removed = seam.remove(directory + "/" + name); !removed && !missing(removed.error())) return removed;
  return seam.remove(directory);
}

}  // namespace

std::string Layout::topic(std::string_view name) const {
  return fmt::format("{}/topics/{}", root, name);
}
std::string Layout::partition(std::string_view topic_name, std::uint32_t number) const {
  return fmt::format("{}/topics/{}/{}", root, topic_name, number);
}

Result<std::vector<FoundPartition>> find_partitions_of(Seam& seam, const Layout& layout, const std::string& topic) {
  std::vector<FoundPartition> found;
  auto names = seam.list(layout.topic(topic));
  if (!names && missing(names.error())) return found;
  if (!names) return propagate(names);
  for (const std::string& name : *names)
    if (const auto number = number_of(name)) found.push_back({topic, *number});
  return found;
}

Result<std::vector<FoundPartition>> find_partitions(Seam& seam, const Layout& layout) {
  auto topics = seam.list(layout.topics());
  if (!topics) return propagate(topics);
  std::vector<FoundPartition> all;
  for (const std::string& topic : *topics) {
    auto found = find_partitions_of(seam, layout, topic);
    if (!found) return found;
    all.insert(all.end(), found->begin(), found->end());
  }
  std::ranges::sort(all, {}, [](const FoundPartition& one) { return std::tie(one.topic, one.number); });
  return all;
}

Result<std::optional<SegmentHeader>> first_header(Seam& seam, const std::string& partition_directory) {
  auto bases = list_segments(seam, partition_directory);
  if (!bases && missing(bases.error())) return std::nullopt;
  if (!bases) return propagate(bases);
  if (bases->empty()) return std::nullopt;
  // The first ones may lie before the log start, and be damaged or removed meanwhile.
  Result<SharedSegment> segment;
  for (std::size_t i = 0; i < bases->size(); ++i) {
    auto opened = open_segment(seam, partition_directory, (*bases)[i], Access::read_only);
    if (opened) return (*opened)->start.header;
    if (i == 0) segment = std::move(opened);
  }
  return propagate(segment);
}

Result<void> create_partition(const Environment& environment, const PartitionPlace& place) {
  Seam& seam = environment.seam;
  if (auto made = seam.make_directory(place.directory); !made) return made;
  // Before the segment: who may only read cannot make it, and a partition is one as soon as it has a segment.
  if (auto head = HeadPage::open(seam, place.directory + "/head", Access::read_write); !head) return propagate(head);
  auto bases = list_segments(seam, place.directory);
  if (!bases) return propagate(bases);
  if (!bases->empty()) return {};
  auto created = create_segment(seam, place.directory, first_segment_header(environment, place), kUnsealedBytesMin);
  if (!created) return propagate(created);
  return {};
}

Result<void> remove_topic_tree(Seam& seam, const Layout& layout, const std::string& topic) {
  auto partitions = find_partitions_of(seam, layout, topic);
  if (!partitions) return propagate(partitions);
  for (const FoundPartition& found : *partitions) mark_deleted(seam, layout.partition(topic, found.number));
  for (const FoundPartition& found : *partitions)
    if (auto removed = remove_files(seam, layout.partition(topic, found.number)); !removed) return removed;
  if (auto removed = seam.remove(layout.topic(topic)); !removed && !missing(removed.error())) return removed;
  return sync_directory(seam, layout.topics());
}

Result<bool> is_half_restored(Seam& seam, const Layout& layout) {
  for (const auto& [path, expected] : {std::pair{layout.restoring_file(), true}, {layout.kappa_file(), false}}) {
    auto file = seam.open(path, OpenMode::read);
    if (!file && !missing(file.error())) return propagate(file);
    if (file.has_value() != expected) return false;
  }
  return true;
}

std::unexpected<Error> half_restored(const Layout& layout) {
  return fail(
      Errc::conflict,
      fmt::format("{} is no data directory yet: its restore was cut short, or is under way", layout.root),
      fmt::format("if nobody is restoring it, remove it and restore again: rm -r {}", shell_quoted(layout.root)));
}

Result<void> make_directories(Seam& seam, const std::filesystem::path& path) {
  std::filesystem::path made;
  for (const std::filesystem::path& part : path) {
    made /= part;
    if (part.empty() || part == "/") continue;
    if (auto created = seam.make_directory(made.string()); !created) return created;
  }
  return {};
}

Result<void> sync_parents(Seam& seam, const std::filesystem::path& root) {
  for (std::filesystem::path path = root; path.has_relative_path();) {
    path = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    auto parent = seam.open(path.string(), OpenMode::directory);
    if (!parent && is_permission_problem(parent.error())) return {};
    if (!parent) return propagate(parent);
    if (auto synced = seam.sync(*parent); !synced) return synced;
    if (path == ".") break;
  }
  return {};
}

Result<void> check_file_system(Seam& seam, const std::string& root) {
  auto kind = seam.file_system(root);
  if (!kind) return propagate(kind);
  if (*kind == FileSystem::refused)
    return fail(Errc::io,
                fmt::format("{} is on a network or FUSE file system, on which processes of several machines "
                            "would damage each other's data",
                            root),
                "use a directory on a local disk");
  return {};
}

Result<void> replace_file(Seam& seam, const std::string& path, Bytes content) {
  const std::string unfinished = path + ".new";
  {
    auto file = seam.open(unfinished, OpenMode::create);
    if (!file) return propagate(file);
    if (auto emptied = seam.truncate(*file, 0); !emptied) return emptied;
    const Bytes parts[] = {content};
    if (auto written = seam.write(*file, 0, parts); !written) return written;
    if (auto synced = seam.sync(*file); !synced) return synced;
  }
  if (auto renamed = seam.rename(unfinished, path); !renamed) return renamed;
  return sync_directory(seam, std::filesystem::path(path).parent_path().string());
}

Result<std::optional<File>> open_locked(Seam& seam, const std::string& path, OpenMode open, LockMode lock) {
  auto file = seam.open(path, open);
  if (!file) return propagate(file);
  auto taken = seam.lock(*file, lock, {});
  if (!taken) return propagate(taken);
  return *taken ? std::optional(std::move(*file)) : std::nullopt;
}

Result<std::vector<std::byte>> read_file(Seam& seam, const std::string& path) {
  auto file = seam.open(path, OpenMode::read);
  if (!file) return propagate(file);
  auto bytes = seam.size(*file);
  if (!bytes) return propagate(bytes);
  std::vector<std::byte> content(*bytes);
  auto got = seam.read(*file, 0, content);
  if (!got) return propagate(got);
  content.resize(*got);
  return content;
}

}  // namespace kappa::log
