// Restoring writes a data directory in which everything is in its place before DIR/kappa is: without that file it is no
// data directory. An empty directory would be made one by the first append, though, so a file of a name that no
// directory has stands there as long as segments are missing.
//
// The segments' own headers say what belongs between them: each must follow the one before it in the manifest.
#include <algorithm>
#include <set>

#include "backup/backup_place.hpp"
#include "directory/layout.hpp"
#include "directory/log_directory.hpp"
#include "fmt/format.h"
#include "kappa/base/shell_quoted.hpp"
#include "kappa/log/backup.hpp"
#include "seam/unreadable.hpp"
#include "segment/replace.hpp"

namespace kappa::log {
namespace {

class RestoreRun {
 public:
  RestoreRun(Seam& seam, const OpenBackup& backup, Progress* progress)
      : seam_(seam), backup_(backup), progress_(progress) {}

  [[nodiscard]] Result<RestoreReport> restore_to(const Layout& layout) {
    if (auto made = make_empty(layout); !made) return propagate(made);
    for (const BackupSegment& segment : begin()) {
      auto directory = make_partition(layout, segment);
      if (!directory) return propagate(directory);
      auto copied = take(segment, [&](const SharedSegment& from, const CopyLimit& limit) {
        return copy_segment(seam_, from, limit, segment.form, segment_path(*directory, segment.base), progress_);
      });
      if (!copied) return propagate(copied);
    }
    if (auto finished = finish(layout); !finished) return propagate(finished);
    return report_;
  }

  [[nodiscard]] Result<RestoreReport> check() {
    for (const BackupSegment& segment : begin()) {
      auto checked = take(segment, [&](const SharedSegment& from, const CopyLimit& limit) {
        return check_segment(seam_, from, limit, segment.form, progress_);
      });
      if (!checked && checked.error().code != Errc::corruption) return propagate(checked);
      if (!checked)
        report_.damages.push_back({backup_.place.segment(segment), 0, segment.bytes, checked.error().message});
    }
    return report_;
  }

 private:
  const std::vector<BackupSegment>& begin() {
    const Manifest& manifest = backup_.manifest;
    report_.sequence = manifest.sequence;
    report_.taken = manifest.taken;
    std::set<TopicId> topics;
    std::uint64_t bytes = 0;
    for (const BackupSegment& segment : manifest.segments) {
      if (segment.topic != kCatalogTopic) topics.insert(segment.id);
      bytes += segment.end.value;
    }
    report_.topics = topics.size();
    if (progress_ != nullptr) progress_->expect(bytes);
    return manifest.segments;
  }

  template <typename Work>
  [[nodiscard]] Result<void> take(const BackupSegment& segment, Work work) {
    auto taken = work_through(segment, work);
    if (taken || taken.error().code != Errc::corruption) return taken;
    taken.error().message = fmt::format("{}/{}, segment at offset {}: {}", segment.topic, segment.partition,
                                        segment.base.value, taken.error().message);
    taken.error().hint = fmt::format(
        "keep what is there: an older backup or the original may have this segment whole; all damage is shown by: "
        "kappa restore {} --check",
        shell_quoted(backup_.place.root));
    return taken;
  }

  template <typename Work>
  [[nodiscard]] Result<void> work_through(const BackupSegment& segment, Work work) {
    // Of what comes behind damage nothing is known to be before it.
    const std::optional<SegmentHeader> previous = std::exchange(previous_, std::nullopt);
    auto from = open_backup_segment(seam_, backup_.place, segment);
    if (!from) return propagate(from);
    if (auto linked = check_link(previous, (*from)->start.header); !linked) return linked;
    auto replaced = replaced_footer(seam_, **from);
    if (!replaced) return propagate(replaced);
    auto done = work(*from, CopyLimit{segment.end.value, kEndOfTime, *replaced});
    if (!done) return propagate(done);
    if (done->end.position != segment.end || done->end.chain != segment.chain)
      return fail(Errc::corruption, fmt::format("{}: ends with {:016x}, expected {:016x}", (*from)->file.path(),
                                                done->end.chain, segment.chain));
    previous_ = (*from)->start.header;
    previous_end_ = done->end;
    if (*replaced) {
      previous_end_.position = (*replaced)->original_end;
      previous_end_.chain = (*replaced)->original_chain;
      previous_end_.next_offset = (*replaced)->end_offset;
    }
    ++report_.segments;
    report_.events += done->events;
    report_.bytes += done->bytes;
    return {};
  }

  /// The first of a partition follows nothing that the backup has.
  [[nodiscard]] Result<void> check_link(const std::optional<SegmentHeader>& previous,
                                        const SegmentHeader& header) const {
    const bool same = previous && previous->topic == header.topic && previous->partition == header.partition;
    if (!same) return {};
    if (header.previous_salt == previous->salt && header.previous_end == previous_end_.position &&
        header.previous_chain == previous_end_.chain && header.base_offset == previous_end_.next_offset)
      return {};
    return fail(Errc::corruption, fmt::format("the segment at offset {} does not follow the one at offset {}",
                                              header.base_offset.value, previous->base_offset.value));
  }

  [[nodiscard]] Result<void> make_empty(const Layout& layout) {
    if (auto made = make_directories(seam_, layout.root); !made) return made;
    if (auto fine = check_file_system(seam_, layout.root); !fine) return fine;
    // Twice: no place that is taken is littered with a lock, and only who has the lock knows that it stays empty.
    if (auto empty = check_empty(layout); !empty) return empty;
    if (auto alone = be_alone(layout); !alone) return alone;
    if (auto empty = check_empty(layout); !empty) return empty;
    auto marker = seam_.open(layout.restoring_file(), OpenMode::create_new);
    if (!marker) return propagate(marker);
    if (auto synced = sync_directory(seam_, layout.root); !synced) return synced;
    if (auto made = seam_.make_directory(layout.topics()); !made) return made;
    return sync_parents(seam_, layout.root);
  }

  /// A lock alone is what somebody left who was killed before anything else was there.
  [[nodiscard]] Result<void> check_empty(const Layout& layout) {
    auto half = is_half_restored(seam_, layout);
    if (!half) return propagate(half);
    if (*half) return half_restored(layout);
    auto names = seam_.list(layout.root);
    if (!names) return propagate(names);
    for (const std::string& name : *names)
      if (name != "lost+found" && layout.root + "/" + name != layout.lock_file())
        return fail(Errc::conflict, fmt::format("{} is not empty: it has {}", layout.root, name),
                    "name a new or an empty directory with --dir");
    return {};
  }

  /// Nobody may start or repair what is half there.
  [[nodiscard]] Result<void> be_alone(const Layout& layout) {
    auto alone = open_locked(seam_, layout.lock_file(), OpenMode::create, LockMode::exclusive);
    if (!alone) return propagate(alone);
    if (!*alone)
      return fail(Errc::conflict, fmt::format("{}: another process is making a directory there", layout.root),
                  "name a new or an empty directory with --dir");
    lock_ = std::move(**alone);
    return {};
  }

  [[nodiscard]] Result<std::string> make_partition(const Layout& layout, const BackupSegment& segment) {
    std::string directory = layout.partition(segment.topic, segment.partition);
    for (const std::string& path : {layout.topic(segment.topic), directory}) {
      if (auto made = seam_.make_directory(path); !made) return propagate(made);
      made_.insert(path);
    }
    return directory;
  }

  [[nodiscard]] Result<void> finish(const Layout& layout) {
    for (const std::string& path : made_)
      if (auto synced = sync_directory(seam_, path); !synced) return synced;
    for (const std::string& path : {layout.topics(), layout.root})
      if (auto synced = sync_directory(seam_, path); !synced) return synced;
    if (auto removed = seam_.remove(layout.restoring_file()); !removed) return removed;
    // Durable before DIR/kappa: a directory that is whole is never taken for half a one.
    if (auto synced = sync_directory(seam_, layout.root); !synced) return synced;
    if (auto made = replace_file(seam_, layout.kappa_file(), backup_.manifest.directory_file); !made) return made;
    lock_ = File{};
    // The first start makes what those who may only read cannot make: the heads and the counter.
    auto started = open_directory(layout.root, {.access = Access::read_write, .seam = &seam_}, {});
    if (started) return {};
    return fail(started.error().code,
                fmt::format("{} is restored wholly, but starting it failed: {}", layout.root, started.error().message),
                started.error().hint + (started.error().hint.empty() ? "" : "; ") +
                    "there is nothing to restore again: the next command that writes starts it");
  }

  Seam& seam_;
  const OpenBackup& backup_;
  Progress* progress_;
  RestoreReport report_;
  std::set<std::string> made_;
  File lock_;                              ///< DIR/lock, until DIR/kappa is there.
  std::optional<SegmentHeader> previous_;  ///< The segment before, of whatever partition; none behind damage.
  ChainPoint previous_end_;
};

Result<OpenBackup> open_checked(Seam& seam, const std::filesystem::path& backup) {
  auto opened = open_backup(seam, backup.string());
  if (!opened) return opened;
  if (auto known = directory_of(opened->manifest); !known) return propagate(known);
  return opened;
}

}  // namespace

Result<RestoreReport> restore(const std::filesystem::path& backup, const std::filesystem::path& to,
                              const RestoreOptions& options) {
  Seam& seam = options.seam != nullptr ? *options.seam : real_seam();
  auto opened = open_checked(seam, backup);
  if (!opened) return propagate(opened);
  return RestoreRun(seam, *opened, options.progress).restore_to({to.string()});
}

Result<RestoreReport> check_backup(const std::filesystem::path& backup, const RestoreOptions& options) {
  Seam& seam = options.seam != nullptr ? *options.seam : real_seam();
  auto opened = open_checked(seam, backup);
  if (!opened) return propagate(opened);
  UnreadableAsDamage forgiving(seam);
  return RestoreRun(forgiving, *opened, options.progress).check();
}

}  // namespace kappa::log
