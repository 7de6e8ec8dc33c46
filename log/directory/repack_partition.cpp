// Repacking a partition. Only segments that have a successor are touched, and of these only such as lie below the bound
// of a merge of everything: a backup cuts at such a bound, and where something older is in flight it would else have to
// cut within a frame.
//
// Compaction by key is repacking in which events go. Which ones is known once all up to the horizon have been read. A
// deletion goes a compaction later than the rows that it deletes: so it does not matter which segments are written anew
// and which are not, and nobody who opens the directory after the record can meet such a row.
//
// One process at a time: a lock of its own keeps another from writing the same file aside. It meets no append, and
// falls with its holder. What a death leaves is a file OFFSET.seg.new, which the next repacking removes.
#include <algorithm>
#include <memory>

#include "directory/catalog_json.hpp"
#include "directory/compaction_keys.hpp"
#include "directory/log_directory.hpp"
#include "fmt/format.h"
#include "kappa/base/assert.hpp"
#include "kappa/log/repack.hpp"
#include "protocol/log_start.hpp"
#include "protocol/partition_reader.hpp"
#include "segment/repack.hpp"

namespace kappa::log {
namespace {

/// A segment that is worth it.
struct Chosen {
  Offset base;
  SegmentHeader successor;
  RepackedSegment plan;
};

class PartitionRepacker {
 public:
  PartitionRepacker(LogDirectory& directory, const TopicInfo& topic, std::shared_ptr<Partition> partition,
                    const RepackOptions& options)
      : directory_(directory), topic_(topic), partition_(std::move(partition)), options_(options) {}

  [[nodiscard]] Result<RepackReport> run() {
    if (auto damage = partition_->damage()) return std::unexpected(*damage);
    File lock;
    if (!options_.show) {
      auto taken = take_turn();
      if (!taken) return propagate(taken);
      lock = std::move(*taken);
      if (auto removed = remove_leftovers(); !removed) return propagate(removed);
    }
    if (auto learnt = learn(); !learnt) return propagate(learnt);
    if (options_.roll)
      if (auto rolled = roll(); !rolled) return propagate(rolled);
    auto chosen = choose();
    if (!chosen) return propagate(chosen);
    if (options_.show || chosen->empty()) return report_;
    if (auto recorded = record(*chosen); !recorded) return propagate(recorded);
    if (report_.is_outdated) return report_;
    for (const Chosen& one : *chosen)
      if (auto done = repack(one); !done) return propagate(done);
    if (auto finished = record_end(*chosen); !finished) return propagate(finished);
    return report_;
  }

 private:
  [[nodiscard]] Seam& seam() const { return partition_->seam(); }
  [[nodiscard]] const std::string& folder() const { return partition_->place().directory; }

  [[nodiscard]] Result<File> take_turn() {
    auto file = seam().open(folder() + "/repack", OpenMode::create);
    if (!file) return file;
    auto locked = seam().lock(*file, LockMode::exclusive, std::chrono::nanoseconds{0});
    if (!locked) return propagate(locked);
    if (*locked) return file;
    return fail(Errc::conflict, fmt::format("{} is being repacked by another process", partition_->place().label),
                "wait for it; this partition was not changed");
  }

  /// The bases of the segments from the log start on; the last one is active.
  [[nodiscard]] Result<std::vector<Offset>> segments() {
    LogPartitionReader reader(partition_);
    auto extent = reader.extent();
    if (!extent) return propagate(extent);
    VisibleEnd visible(partition_);
    auto seen = visible.look();
    if (!seen) return propagate(seen);
    auto bases = list_segments(seam(), folder());
    // One that was made and is not in use yet does not make its predecessor a finished one.
    if (bases) std::erase_if(*bases, [&](Offset base) { return base < extent->start || base > seen->end.segment; });
    return bases;
  }

  [[nodiscard]] Result<void> remove_leftovers() {
    auto bases = segments();
    if (!bases) return propagate(bases);
    for (std::size_t i = 0; i + 1 < bases->size(); ++i) {
      auto removed = seam().remove(segment_path(folder(), (*bases)[i]) + ".new");
      if (!removed && removed.error().code != Errc::not_found) return removed;
    }
    return {};
  }

  /// Reads what the events up to the horizon say of their keys. Nothing keeps a key out of a second partition, and what
  /// is said of it there counts as well.
  [[nodiscard]] Result<void> learn() {
    if (options_.compaction == nullptr) return {};
    auto settled = bound();
    if (!settled) return propagate(settled);
    auto gap = first_gap();
    if (!gap) return propagate(gap);
    const Sequence through = std::min(options_.compaction->through, *settled);
    keys_.emplace(*options_.compaction, partition_->place().partition, through, *gap);
    auto reader = directory_.ordered_reader(std::span(&topic_, 1));
    if (!reader) return propagate(reader);
    for (;;) {
      auto batch = (*reader)->next(through);
      if (!batch) return propagate(batch);
      if (!*batch) return make_names_durable();
      if (auto learnt = keys_->learn(**batch); !learnt) return learnt;
    }
  }

  /// That rows are gone must be durable before their deletions go: the names of files that have been read, of all
  /// partitions, may still be those of a compaction that died.
  [[nodiscard]] Result<void> make_names_durable() {
    for (std::uint32_t number = 0; number < topic_.partitions && !options_.show; ++number) {
      auto synced = sync_directory(seam(), directory_.layout().partition(topic_.name, number));
      if (!synced) return synced;
    }
    return {};
  }

  /// From where on older rows may be lost. Those of another partition have no place among this one's offsets.
  [[nodiscard]] Result<std::optional<Offset>> first_gap() {
    std::optional<Offset> first;
    for (std::uint32_t number = 0; number < topic_.partitions; ++number) {
      auto gaps = directory_.log_catalog().gaps(topic_.id, number);
      if (!gaps) return propagate(gaps);
      for (const GapRecord& gap : *gaps) {
        const Offset begin = number == partition_->place().partition ? gap.begin : Offset{};
        first = std::min(first.value_or(begin), begin);
      }
    }
    return first;
  }

  /// What becomes of a segment; nullopt: it is not worth it.
  [[nodiscard]] Result<std::optional<RepackedSegment>> plan(const SharedSegment& segment, Position end) {
    auto plan = plan_repacking(seam(), segment, end);
    if (!plan) return propagate(plan);
    bool pays = plan->pays();
    if (keys_) {
      plan = plan_compaction(seam(), segment, end, *keys_);
      if (!plan) return propagate(plan);
      pays |= plan->pays_by_events();
    }
    return pays ? std::optional(*plan) : std::nullopt;
  }

  /// Leaves the active segment where it would be worth it.
  [[nodiscard]] Result<void> roll() {
    VisibleEnd visible(partition_);
    auto seen = visible.look();
    if (!seen) return propagate(seen);
    auto active = open_segment(seam(), folder(), seen->end.segment, Access::read_only);
    if (!active) return propagate(active);
    auto worth = plan(*active, seen->end.point.position);
    if (!worth) return propagate(worth);
    report_.rolls = worth->has_value();
    if (!report_.rolls) return {};
    if (options_.show) {
      ++report_.sealed;
      count(**worth);
      return {};
    }
    auto begun = begin_segment(*partition_);
    if (!begun) return propagate(begun);
    return {};
  }

  /// Nothing is in flight at or below it, in any partition.
  [[nodiscard]] Result<Sequence> bound() {
    auto topics = directory_.catalog().topics();
    if (!topics) return propagate(topics);
    auto catalog = directory_.catalog().find_topic(kCatalogTopic);
    if (!catalog) return propagate(catalog);
    topics->push_back(**catalog);
    auto reader = directory_.ordered_reader(*topics);
    if (!reader) return propagate(reader);
    return (*reader)->bound();
  }

  [[nodiscard]] Result<std::vector<Chosen>> choose() {
    auto settled = bound();
    if (!settled) return propagate(settled);
    auto bases = segments();
    if (!bases) return propagate(bases);
    std::vector<Chosen> chosen;
    for (std::size_t i = 0; i + 1 < bases->size(); ++i) {
      auto successor = open_segment(seam(), folder(), (*bases)[i + 1], Access::read_only);
      auto segment = open_segment(seam(), folder(), (*bases)[i], Access::read_only);
      if (removed_by_retention(successor) || removed_by_retention(segment)) continue;
      if (!successor) return propagate(successor);
      if (!segment) return propagate(segment);
      const SegmentHeader& next = (*successor)->start.header;
      if (next.previous_last_sequence > *settled) break;
      ++report_.sealed;
      auto end = sealed_end(seam(), **segment, next);
      if (!end) return propagate(end);
      auto worth = plan(*segment, end->position);
      if (!worth) return propagate(worth);
      if (!*worth) continue;
      chosen.push_back({(*bases)[i], next, **worth});
      if (options_.show) count(**worth);
      if (options_.progress != nullptr) options_.progress->expect((*worth)->bytes_before);
    }
    return chosen;
  }

  template <typename T>
  static bool removed_by_retention(const Result<T>& opened) {
    return !opened && opened.error().code == Errc::not_found;
  }

  void count(const RepackedSegment& one) {
    ++report_.repacked;
    report_.frames_before += one.frames_before;
    report_.frames_after += one.frames_after;
    report_.events += one.events;
    report_.removed += one.removed;
    report_.bytes_before += one.bytes_before;
    report_.bytes_after += one.bytes_after;
  }

  [[nodiscard]] Result<void> record(const std::vector<Chosen>& chosen) {
    const std::uint32_t partition = partition_->place().partition;
    const Offset begin = chosen.front().base;
    const Offset end = chosen.back().successor.base_offset;
    if (!removes_any(chosen))
      return directory_.record_about(topic_, kTopicRepacked, repacked_body({topic_.id, partition, begin, end}));
    const Compaction& compaction = *options_.compaction;
    const TopicCompacted compacted{topic_.id, partition, compaction.through, begin, end};
    auto recorded = directory_.record_if(topic_, kTopicCompacted, compacted_body(compacted), compaction.catalog_end);
    if (!recorded) return propagate(recorded);
    report_.is_outdated = !*recorded;
    return {};
  }

  [[nodiscard]] bool removes_any(const std::vector<Chosen>& chosen) const {
    return keys_ && std::ranges::any_of(chosen, [](const Chosen& one) { return one.plan.removed > 0; });
  }

  /// A backup from here on has nothing half done.
  [[nodiscard]] Result<void> record_end(const std::vector<Chosen>& chosen) {
    if (!removes_any(chosen)) return {};
    const std::string body = finished_body({topic_.id, partition_->place().partition});
    return directory_.record_about(topic_, kCompactionFinished, body);
  }

  [[nodiscard]] Result<void> repack(const Chosen& one) {
    const std::string path = segment_path(folder(), one.base);
    auto segment = open_segment(seam(), folder(), one.base, Access::read_only);
    if (removed_by_retention(segment)) return {};
    if (!segment) return propagate(segment);
    const std::string made = path + ".new";
    auto written =
        write_repacked(seam(), *segment, {one.successor, made, keys_ ? &*keys_ : nullptr, options_.progress});
    Result<bool> replaced = false;
    if (written) replaced = replace_segment(seam(), path, one.successor);
    if (written && replaced && *replaced) {
      count(*written);
      return {};
    }
    (void)seam().remove(made);  // Else the next repacking does.
    if (!written) return propagate(written);
    if (removed_by_retention(replaced)) return {};
    if (!replaced) return propagate(replaced);
    ++report_.busy;
    return {};
  }

  LogDirectory& directory_;
  const TopicInfo& topic_;
  std::shared_ptr<Partition> partition_;
  const RepackOptions& options_;
  std::optional<CompactionKeys> keys_;  ///< Of a compaction.
  RepackReport report_;
};

}  // namespace

Result<RepackReport> repack_partition(Directory& directory, const TopicInfo& topic, std::uint32_t partition,
                                      const RepackOptions& options) {
  auto* const log = dynamic_cast<LogDirectory*>(&directory);
  KAPPA_ASSERT(log != nullptr, "only a directory that was opened can be repacked");
  if (!options.show)
    if (auto writable = log->check_writable(); !writable) return propagate(writable);
  auto found = log->partition(topic, partition);
  if (!found) return propagate(found);
  return PartitionRepacker(*log, topic, *found, options).run();
}

}  // namespace kappa::log
