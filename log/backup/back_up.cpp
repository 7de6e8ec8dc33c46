// A backup is a set of files that are written once, each under a name that says what it holds, and a manifest that says
// which of them belong together. A file gets its name only once it is whole and synced; the manifest replaces the one
// before in one step, after all names that it needs are durable; only then files that it does not need are removed. So
// whatever happens when, the manifest that is there names files that are there.
//
// Sealed segments never change but by being replaced, which gives the copy another name, so one that is there already
// is not read again. The newest segment of a partition is copied up to the cut, whenever that has moved.
//
// Retention and deletion go on meanwhile. What they take away before it is copied lies before the next cut's log start,
// or belongs to no topic there: all is planned anew, and what has been copied by then is kept.
#include <algorithm>
#include <set>

#include "backup/backup_place.hpp"
#include "backup/history.hpp"
#include "backup/own_folder.hpp"
#include "backup/plan.hpp"
#include "fmt/format.h"
#include "format/segment_header.hpp"
#include "kappa/base/assert.hpp"
#include "kappa/log/backup.hpp"
#include "segment/seal.hpp"

namespace kappa::log {
namespace {

constexpr int kPlansMax = 20;

/// The size of a file that holds all of a planned segment; nullopt if it has to be copied.
Result<std::optional<std::uint64_t>> size_if_there(Seam& seam, const BackupPlace& place, const BackupSegment& segment) {
  auto there = open_backup_segment(seam, place, segment);
  if (!there && there.error().code == Errc::io) return propagate(there);
  if (!there) return std::nullopt;
  auto bytes = seam.size((*there)->file);
  if (!bytes) return propagate(bytes);
  if (segment.form == SegmentForm::sealed) {
    auto footer = read_footer(seam, (*there)->file, (*there)->salt());
    if (!footer) return propagate(footer);
    const bool same = *footer && (*footer)->header.end == segment.end && (*footer)->header.chain == segment.chain;
    return same ? std::optional(*bytes) : std::nullopt;
  }
  auto mark = read_newest_mark(seam, **there);
  if (!mark) return propagate(mark);
  const bool same = *mark && (*mark)->point.position == segment.end && (*mark)->point.chain == segment.chain;
  return same && *bytes == std::max(segment.end.value, kUnsealedBytesMin) ? std::optional(*bytes) : std::nullopt;
}

class BackupRun {
 public:
  BackupRun(LogDirectory& directory, BackupPlace place, const BackupOptions& options)
      : directory_(directory), seam_(directory.environment().seam), place_(std::move(place)), options_(options) {}

  [[nodiscard]] Result<BackupReport> run() {
    if (auto ready = prepare(); !ready) return propagate(ready);
    for (int attempt = 0; attempt < kPlansMax; ++attempt) {
      auto done = try_once();
      if (!done) {
        std::string& hint = done.error().hint;
        if (done.error().code == Errc::corruption && earlier_)
          hint += std::string(hint.empty() ? "" : "; ") + "the earlier backup is as it was";
        return propagate(done);
      }
      if (*done) return report_;
    }
    return fail(Errc::conflict, "segments are removed faster than they can be copied", "try again");
  }

 private:
  [[nodiscard]] Result<void> prepare() {
    auto content = read_file(seam_, directory_.layout().kappa_file());
    if (!content) return propagate(content);
    if (const auto known = decode_directory_file(*content); !known)
      return std::unexpected(fault_error(known.error(), directory_.layout().kappa_file()));
    std::ranges::copy(*content, manifest_.directory_file.begin());
    if (auto own = look_around(); !own || options_.dry_run) return own;
    if (auto made = make_directories(seam_, place_.root); !made) return made;
    auto locked = open_locked(seam_, place_.lock_file(), OpenMode::create, LockMode::exclusive);
    if (!locked) return propagate(locked);
    if (!*locked)
      return fail(Errc::conflict, fmt::format("{}: another process is using this backup", place_.root),
                  "wait until it is done, then try again");
    lock_ = std::move(**locked);
    // Before the lock was taken somebody may have made it another directory's.
    if (auto own = look_around(); !own) return own;
    if (auto made = seam_.make_directory(place_.segments()); !made) return made;
    if (auto synced = sync_directory(seam_, place_.root); !synced) return synced;
    return sync_parents(seam_, place_.root);
  }

  [[nodiscard]] Result<void> look_around() {
    auto earlier = check_own(seam_, place_, manifest_);
    if (!earlier) return propagate(earlier);
    earlier_ = std::move(*earlier);
    return {};
  }

  /// False: something was taken away meanwhile, so all is to be planned again.
  [[nodiscard]] Result<bool> try_once() {
    auto cut = cut_directory(directory_);
    if (!cut) return propagate(cut);
    auto plan = plan_backup(*cut);
    if (!plan) return propagate(plan);
    if (!*plan) return false;
    auto compacted = is_compacted_since(*cut);
    if (!compacted) return propagate(compacted);
    if (*compacted) return false;
    if (earlier_) {
      auto goes_on = check_history(seam_, place_.root, *earlier_, *cut, **plan);
      if (!goes_on || !*goes_on) return goes_on;
    }
    report_ = {};
    report_.held_back = cut->held_back;
    report_.sequence = (*plan)->newest;
    std::set<TopicId> topics;
    for (const CutPartition& one : cut->partitions) topics.insert(one.topic.id);
    report_.topics = topics.size() - 1;
    manifest_.sequence = (*plan)->newest;
    manifest_.segments.clear();
    if (!options_.dry_run) make_room((*plan)->segments);
    auto missing = sort_out(*cut, (*plan)->segments);
    if (!missing) return propagate(missing);
    for (const PlannedSegment& planned : *missing) {
      auto copied = copy(planned);
      if (!copied || !*copied) return copied;
    }
    if (options_.dry_run) return true;
    if (auto finished = finish(); !finished) return propagate(finished);
    return true;
  }

  /// What was planned may then lack events of which the catalog, cut off before, does not say that they went.
  [[nodiscard]] Result<bool> is_compacted_since(const Cut& cut) {
    auto compactions = directory_.log_catalog().compactions();
    if (!compactions) return propagate(compactions);
    return std::ranges::any_of(*compactions, [&](const auto& one) { return one.recorded > cut.bound; });
  }

  /// Puts all segments into the manifest; returns those that are not in the backup yet.
  [[nodiscard]] Result<std::vector<PlannedSegment>> sort_out(const Cut& cut, const std::vector<PlannedSegment>& plan) {
    std::vector<PlannedSegment> missing;
    for (const PlannedSegment& planned : plan) {
      auto bytes = size_if_there(seam_, place_, planned.segment);
      if (!bytes) return propagate(bytes);
      // The chain leads over a gap as it did over what was there, so the name does not tell the two apart.
      const BackupSegment& segment = planned.segment;
      if (cut.gap_segments.contains({segment.id, segment.partition, segment.base})) bytes->reset();
      manifest_.segments.push_back(planned.segment);
      manifest_.segments.back().bytes = bytes->value_or(0);
      if (!*bytes) {
        missing.push_back(planned);
        if (options_.progress != nullptr) options_.progress->expect(planned.limit.end);
      } else {
        ++report_.segments_kept;
        report_.bytes_kept += **bytes;
      }
    }
    return missing;
  }

  /// False: the segment is gone, or another has taken its place.
  [[nodiscard]] Result<bool> copy(const PlannedSegment& planned) {
    ++report_.segments_copied;
    if (options_.dry_run) {
      report_.bytes_copied += planned.limit.end;
      return true;
    }
    const BackupSegment& segment = planned.segment;
    auto from = open_planned(*planned.where, segment.base);
    if (!from) return propagate(from);
    if (*from == nullptr) return false;
    auto copied = copy_whole(planned, *from);
    if (!copied)
      (void)seam_.remove(place_.segment(segment) + ".new");  // It may fill the disk; the next sweep tries again.
    const bool suspicious = !copied && copied.error().code == Errc::corruption;
    if (suspicious && (removed_since(*planned.where, segment.base) || replaced_since(planned))) return false;
    if (!copied) return std::unexpected(about(*planned.where, std::move(copied.error())));
    const auto entry = std::ranges::find(manifest_.segments, segment.file_name(), &BackupSegment::file_name);
    entry->bytes = *copied;
    report_.bytes_copied += *copied;
    return true;
  }

  /// Under its name only if it is what was planned. Returns the size of the file.
  [[nodiscard]] Result<std::uint64_t> copy_whole(const PlannedSegment& planned, const SharedSegment& from) {
    const BackupSegment& segment = planned.segment;
    const std::string path = place_.segment(segment);
    auto copied = copy_segment(seam_, from, planned.limit, segment.form, path + ".new", options_.progress);
    if (!copied) return propagate(copied);
    if (copied->end.position != segment.end || copied->end.chain != segment.chain)
      return fail(Errc::corruption,
                  fmt::format("{}: ends with {:016x} at byte {}, expected {:016x} at byte {}", from->file.path(),
                              copied->end.chain, copied->end.position.value, segment.chain, segment.end.value));
    if (auto renamed = seam_.rename(path + ".new", path); !renamed) return propagate(renamed);
    return copied->bytes;
  }

  /// Removes what tries that failed have left. What cannot be removed is told at the end.
  void make_room(const std::vector<PlannedSegment>& plan) {
    std::set<std::string> needed;
    for (const PlannedSegment& planned : plan) needed.insert(planned.segment.file_name());
    if (earlier_)
      for (const BackupSegment& segment : earlier_->segments) needed.insert(segment.file_name());
    report_.files_removed += sweep(seam_, place_, needed).removed;
  }

  [[nodiscard]] Result<void> finish() {
    if (auto synced = sync_directory(seam_, place_.segments()); !synced) return synced;
    manifest_.taken = seam_.now();
    const std::string text = encode_manifest(manifest_);
    if (auto replaced = replace_file(seam_, place_.manifest_file(), as_bytes(text)); !replaced) return replaced;
    std::set<std::string> needed;
    for (const BackupSegment& segment : manifest_.segments) needed.insert(segment.file_name());
    const Swept swept = sweep(seam_, place_, needed);
    report_.files_removed += swept.removed;
    report_.not_removed = swept.failed;
    return {};
  }

  LogDirectory& directory_;
  Seam& seam_;
  BackupPlace place_;
  const BackupOptions& options_;
  File lock_;
  std::optional<Manifest> earlier_;
  Manifest manifest_;
  BackupReport report_;
};

}  // namespace

Result<BackupReport> back_up(Directory& directory, const std::filesystem::path& to, const BackupOptions& options) {
  auto* const log = dynamic_cast<LogDirectory*>(&directory);
  KAPPA_ASSERT(log != nullptr, "only a directory that was opened can be backed up");
  return BackupRun(*log, {to.string()}, options).run();
}

}  // namespace kappa::log
