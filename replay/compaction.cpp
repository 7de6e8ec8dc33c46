// Compaction and views. Which event another replaces is told by the tables of the views that read the topic, and how
// far anybody may go by how far those views have come. Both are read from one state of the catalog, and what is
// recorded depends on that state: a view that is defined meanwhile makes the plan void, and it is made again.
#include "kappa/replay/compaction.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "kappa/processor/said_of_keys.hpp"
#include "kappa/replay/views.hpp"
#include "last_frame.hpp"
#include "view_catalog.hpp"

namespace kappa::replay {
namespace {

using processor::SaidOfKey;
using processor::TableDefinition;

/// The views that read a topic, and the tables by which they do.
struct Readers {
  std::vector<std::string> views;
  std::vector<TableDefinition> tables;  ///< Each once.
};

std::unexpected<Error> needs_each(const std::string& topic, const ViewInfo& view, const std::string& table) {
  return fail(Errc::conflict,
              fmt::format("view {} reads topic {} by {}, which has no PRIMARY KEY: it needs each event", view.name,
                          topic, table),
              fmt::format("to compact the topic, drop the view: kappa view drop {}", view.name));
}

Result<void> add_reader(Readers& readers, const std::string& topic, const ViewInfo& view, const Compile& compile) {
  for (const TableSpec& stored : view.tables) {
    if (stored.topic != topic) continue;
    if (view.sql.empty() || !compile) return needs_each(topic, view, "a processor");
    auto compiled = compile(view.sql);
    if (!compiled) return propagate(compiled);
    const auto present = std::ranges::find(compiled->tables, stored.name, &TableSpec::name);
    if (present == compiled->tables.end() || !present->is_keyed())
      return needs_each(topic, view, "table " + stored.name);
    const TableDefinition& table = *present->definition;
    if (std::ranges::find(readers.tables, table) == readers.tables.end()) readers.tables.push_back(table);
  }
  return {};
}

Result<Readers> readers_of(const std::string& topic, const std::vector<ViewInfo>& views, const Compile& compile) {
  Readers readers;
  for (const ViewInfo& view : views) {
    if (std::ranges::find(view.tables, topic, &TableSpec::topic) == view.tables.end()) continue;
    readers.views.push_back(view.name);
    if (auto added = add_reader(readers, topic, view, compile); !added) return propagate(added);
  }
  return readers;
}

/// What is decided upon one state of the catalog.
struct Plan {
  log::TopicInfo topic;
  Readers readers;
  Offset catalog_end;
};

Result<Plan> plan_of(log::Directory& directory, const std::string& name, const Compile& compile) {
  auto contents = directory.catalog().read();
  if (!contents) return propagate(contents);
  auto topic = directory.catalog().find_topic(name);
  if (!topic) return propagate(topic);
  if (!*topic) return fail(Errc::not_found, fmt::format("there is no topic '{}' (any more)", name));
  Plan plan{**topic, {}, contents->end};
  if (!plan.topic.compact_after) return plan;
  auto views = views_of(contents->events);
  if (!views) return propagate(views);
  auto readers = readers_of(name, *views, compile);
  if (!readers) return propagate(readers);
  plan.readers = std::move(*readers);
  return plan;
}

/// Up to where events may go.
struct Horizon {
  Sequence through;
  Hindrance held_by;

  void hold(Sequence at, Hindrance by) {
    if (at >= through) return;
    through = at;
    held_by = std::move(by);
  }
};

Result<Horizon> horizon_of(log::Directory& directory, const Plan& plan) {
  if (!plan.topic.compact_after) return Horizon{};
  if (plan.readers.views.empty()) return Horizon{{}, {Hindrance::Kind::no_view}};
  auto old = log::last_older_than(directory, plan.topic, *plan.topic.compact_after);
  if (!old) return propagate(old);
  Horizon horizon{*old, {Hindrance::Kind::age}};
  for (const std::string& view : plan.readers.views) {
    for (const std::string& output : {view, errors_topic(view)}) {
      auto commits = recorded_commits(directory, output);
      if (!commits && commits.error().code != Errc::not_found) return propagate(commits);
      const Sequence through = commits && !commits->empty() ? commits->back().through : kNoSequence;
      horizon.hold(through, {Hindrance::Kind::view, output});
    }
  }
  auto last = last_frame(directory, plan.topic, horizon.through);
  if (!last) return propagate(last);
  horizon.through = *last;
  return horizon;
}

/// Asks the tables.
class Judge {
 public:
  explicit Judge(std::vector<TableDefinition> tables)
      : tables_(std::make_shared<processor::SaidOfKeys>(std::move(tables))) {}

  Result<void> operator()(const EventBatch& events, std::vector<log::KeyedEvent>& said) {
    said.clear();
    for (const SaidOfKey one : tables_->judge(events)) said.push_back(said_in_the_log(one));
    return {};
  }

 private:
  static log::KeyedEvent said_in_the_log(SaidOfKey said) {
    switch (said) {
      case SaidOfKey::row:
        return log::KeyedEvent::row;
      case SaidOfKey::no_row:
        return log::KeyedEvent::deletion;
      case SaidOfKey::nothing:
        break;
    }
    return log::KeyedEvent::other;
  }

  std::shared_ptr<processor::SaidOfKeys> tables_;
};

/// nullopt: there is no such partition.
Result<std::optional<CompactReport>> compact_one(log::Directory& directory, const std::string& topic,
                                                 std::uint32_t partition, const Compile& compile,
                                                 const CompactOptions& options) {
  log::RepackOptions repack{options.show, options.roll, options.progress, nullptr};
  for (;;) {
    auto plan = plan_of(directory, topic, compile);
    if (!plan) return propagate(plan);
    if (partition >= plan->topic.partitions) return std::nullopt;
    auto horizon = horizon_of(directory, *plan);
    if (!horizon) return propagate(horizon);
    std::optional<log::Compaction> compaction;
    if (horizon->through != kNoSequence)
      compaction.emplace(horizon->through, Judge(plan->readers.tables), plan->catalog_end);
    repack.compaction = compaction ? &*compaction : nullptr;
    auto repacked = log::repack_partition(directory, plan->topic, partition, repack);
    if (!repacked) return propagate(repacked);
    if (!repacked->is_outdated) return CompactReport{horizon->through, horizon->held_by, *repacked};
  }
}

}  // namespace

Result<void> check_compaction(log::Directory& directory, const std::string& topic, std::optional<Micros> after,
                              const Compile& compile) {
  auto found = directory.catalog().find_topic(topic);
  if (!found) return propagate(found);
  if (*found && (*found)->kind != log::TopicKind::user)
    return fail(Errc::usage, fmt::format("'{}' is no topic of a user's: it keeps every event", topic),
                "kappa topic list");
  if (!after) return {};
  auto views = list_views(directory);
  if (!views) return propagate(views);
  if (auto keyed = readers_of(topic, *views, compile); !keyed) return propagate(keyed);
  return {};
}

Result<void> set_compaction(log::Directory& directory, const std::string& topic, std::optional<Micros> after,
                            const Compile& compile) {
  for (;;) {
    // The end first: what is decided upon may be newer, never older.
    auto contents = directory.catalog().read();
    if (!contents) return propagate(contents);
    auto found = directory.catalog().find_topic(topic);
    if (!found) return propagate(found);
    if (!*found) return fail(Errc::not_found, fmt::format("there is no topic '{}' (any more)", topic));
    if (auto checked = check_compaction(directory, topic, after, compile); !checked) return checked;
    auto set = directory.set_compaction(**found, after, contents->end);
    if (!set) return propagate(set);
    if (*set) return {};
  }
}

Result<void> compact(log::Directory& directory, const std::string& topic, const Compile& compile,
                     const CompactOptions& options, const Compacted& done) {
  for (std::uint32_t partition = 0;; ++partition) {
    auto report = compact_one(directory, topic, partition, compile, options);
    if (!report) return propagate(report);
    if (!*report) return {};
    if (auto told = done(partition, **report); !told) return told;
  }
}

}  // namespace kappa::replay
