// Topics made and removed. A lock on the directory of all topics keeps two creators or deleters apart; the catalog's
// conditional append decides against everybody else who writes to the catalog.
//
// Creation: the partitions first, whole and durable; then the event, by which the topic exists; then the topology word
// and the wake-up; appends only after that. A death before the event leaves directories that no catalog event names:
// whoever creates a topic of this name finds them under an id that is not in the catalog, and replaces them. The event
// of a creator that died, or whose sync failed, may be written and not yet to be seen: the catalog is settled first, or
// the partitions of a topic that exists would be replaced.
//
// Deletion: the event first; then the heads say that the topic is gone, to everyone who has it open; then the files. A
// death before the end leaves such directories too.
#include "directory/catalog_json.hpp"
#include "directory/cold_start.hpp"
#include "directory/log_directory.hpp"
#include "fmt/format.h"
#include "format/hash.hpp"
#include "kappa/base/shell_quoted.hpp"

namespace kappa::log {
namespace {

constexpr std::chrono::seconds kTopicsLockMax{30};
constexpr std::size_t kLookBytes = 1 << 20;

/// As it was made, or as a start has found it then: nothing stands behind its header but a mark of its beginning.
Result<bool> is_empty(Seam& seam, const SegmentFile& segment) {
  std::vector<std::byte> bytes(kLookBytes);
  for (std::uint64_t at = 0;;) {
    auto got = seam.read(segment.file, at, bytes);
    if (!got) return propagate(got);
    if (*got == 0) return true;
    Bytes rest = Bytes(bytes).first(*got);
    for (const std::uint64_t slot : {kMarkPositionA, kMarkPositionB}) {
      if (at != 0 || rest.size() < kFirstFramePosition) break;
      const auto mark = decode_mark(rest.subspan(slot, kMarkBytes), {slot}, segment.salt());
      if (mark ? mark->point != segment.start.chain() : mark.error().kind != FaultKind::zeros) return false;
    }
    if (at == 0) rest = rest.subspan(std::min<std::size_t>(rest.size(), kFirstFramePosition));
    if (!all_zeros(rest)) return false;
    at += *got;
  }
}

/// Whether a file that has a segment's name may have events of a topic that was not deleted.
Result<bool> may_have_events(Seam& seam, const std::string& directory, Offset base, LogCatalog& catalog) {
  auto segment = open_segment(seam, directory, base, Access::read_only);
  // A segment gets its name when its header is durable, so this one was damaged since.
  if (!segment && segment.error().code == Errc::corruption) return true;
  if (!segment) return propagate(segment);
  auto deleted = catalog.was_deleted((*segment)->start.header.topic);
  if (!deleted || *deleted) return deleted ? Result<bool>(false) : propagate(deleted);
  auto empty = is_empty(seam, **segment);
  return empty ? Result<bool>(!*empty) : propagate(empty);
}

}  // namespace

Result<File> LogDirectory::lock_topics() {
  auto file = opened_.seam.open(opened_.layout.topics(), OpenMode::directory);
  if (!file) return file;
  auto locked = opened_.seam.lock(*file, LockMode::exclusive, kTopicsLockMax);
  if (!locked) return propagate(locked);
  if (!*locked)
    return fail(Errc::io,
                fmt::format("{}: another process has been creating or deleting a topic for {} s",
                            opened_.layout.topics(), kTopicsLockMax.count()),
                "if that process is stopped, continue it (kill -CONT) or kill it");
  return file;
}

void LogDirectory::forget(const TopicInfo& topic) {
  const std::lock_guard guard(mutex_);
  for (std::uint32_t number = 0; number < topic.partitions; ++number) partitions_.erase({topic.id, number});
}

// What a death amid a deletion has left the catalog knows to be deleted; one amid a creation has left no events.
// Anything else was put there by hand, or the catalog has lost it.
Result<void> LogDirectory::check_leftovers(const std::string& topic) {
  auto partitions = find_partitions_of(opened_.seam, opened_.layout, topic);
  if (!partitions) return propagate(partitions);
  for (const FoundPartition& found : *partitions) {
    const std::string directory = opened_.layout.partition(topic, found.number);
    auto bases = list_segments(opened_.seam, directory);
    if (!bases) return propagate(bases);
    for (const Offset base : *bases) {
      auto found_events = may_have_events(opened_.seam, directory, base, *catalog_);
      if (!found_events) return propagate(found_events);
      if (*found_events)
        return fail(
            Errc::conflict,
            fmt::format("{} may have events of a topic that the catalog does not know; making '{}' would remove them",
                        segment_path(directory, base), topic),
            fmt::format("if the catalog has lost it: kappa repair --from BACKUP; else move {} elsewhere",
                        shell_quoted(opened_.layout.topic(topic))));
    }
  }
  return {};
}

Result<void> LogDirectory::make_partitions(const TopicInfo& topic) {
  if (auto checked = check_leftovers(topic.name); !checked) return checked;
  if (auto removed = remove_topic_tree(opened_.seam, opened_.layout, topic.name);
      !removed && removed.error().code != Errc::not_found)
    return removed;
  if (auto made = opened_.seam.make_directory(opened_.layout.topic(topic.name)); !made) return made;
  for (std::uint32_t number = 0; number < topic.partitions; ++number) {
    const PartitionPlace place{opened_.layout.partition(topic.name, number), fmt::format("{}/{}", topic.name, number),
                               topic.id, topic.kind, number};
    if (auto created = create_partition(environment_, place); !created) return created;
    auto opened = Partition::open(environment_, place);
    if (!opened) return propagate(opened);
    // Nobody can have consumed anything of it, so no other partition is asked.
    if (auto built = recover_one(**opened, opened_.layout, {}); !built) return propagate(built);
  }
  if (auto synced = sync_directory(opened_.seam, opened_.layout.topic(topic.name)); !synced) return synced;
  return sync_directory(opened_.seam, opened_.layout.topics());
}

Result<TopicInfo> LogDirectory::create_topic(std::string_view name, TopicKind kind, std::uint32_t partitions) {
  if (auto writable = check_writable(); !writable) return propagate(writable);
  if (auto checked = check_topic_name(name); !checked) return propagate(checked);
  if (partitions < 1 || partitions > kPartitionsMax)
    return fail(Errc::usage, fmt::format("{} partitions: 1 to {} are possible", partitions, kPartitionsMax));
  auto lock = lock_topics();
  if (!lock) return propagate(lock);
  TopicInfo topic{std::string(name), {{opened_.seam.random(), opened_.seam.random()}}, kind, partitions, {}};
  bool made = false;
  for (;;) {
    auto contents = catalog_->read_settled();
    if (!contents) return propagate(contents);
    auto existing = catalog_->find_topic(name);
    if (!existing) return propagate(existing);
    if (*existing || name == kCatalogTopic)
      return fail(Errc::conflict, fmt::format("the topic '{}' exists already", name));
    if (!made)
      if (auto complete = make_partitions(topic); !complete) return propagate(complete);
    made = true;
    auto sequence = catalog_->append({{std::string(kTopicCreated), topic.name, topic_body(topic), {}}}, contents->end);
    if (!sequence && sequence.error().code == Errc::conflict) continue;
    if (!sequence) return propagate(sequence);
    topic.created = *sequence;
    opened_.sequence.bump_topology();
    opened_.sequence.wake_all();
    return topic;
  }
}

Result<void> LogDirectory::check_still_there(const TopicInfo& topic) {
  auto existing = catalog_->find_topic(topic.name);
  if (!existing) return propagate(existing);
  if (!*existing || (*existing)->id != topic.id)
    return fail(Errc::not_found, fmt::format("there is no topic '{}' (any more)", topic.name));
  return {};
}

Result<void> LogDirectory::record_about(const TopicInfo& topic, std::string_view kind, const std::string& body) {
  for (;;) {
    auto contents = catalog_->read_settled();
    if (!contents) return propagate(contents);
    if (auto there = check_still_there(topic); !there) return there;
    auto recorded = catalog_->append({{std::string(kind), topic.name, body, {}}}, contents->end);
    if (recorded) return {};
    if (recorded.error().code != Errc::conflict) return propagate(recorded);
  }
}

Result<void> LogDirectory::delete_topic(const TopicInfo& topic) {
  if (auto writable = check_writable(); !writable) return writable;
  if (topic.kind == TopicKind::catalog) return fail(Errc::usage, "the topic _catalog cannot be deleted");
  auto lock = lock_topics();
  if (!lock) return propagate(lock);
  if (auto recorded = record_about(topic, kTopicDeleted, topic_body(topic)); !recorded) return recorded;
  auto removed = remove_topic_tree(opened_.seam, opened_.layout, topic.name);
  opened_.sequence.bump_topology();
  opened_.sequence.wake_all();
  forget(topic);
  return removed;
}

}  // namespace kappa::log
