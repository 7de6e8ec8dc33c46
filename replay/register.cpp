// Definitions and the catalog. The decision "this view is new" and the event that records it are one conditional
// append: whoever loses the race reads again and decides again. A death between the definition and the creation of
// its topics leaves a view without topics, which reads as empty and which the next run completes.
#include "register.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kappa/base/near_miss.hpp"
#include "kappa/replay/views.hpp"
#include "view_catalog.hpp"

namespace kappa::replay {

namespace {

Error unknown_topic(const std::string& name, const std::vector<log::TopicInfo>& topics,
                    const log::Directory& directory) {
  std::vector<std::string> names;
  for (const log::TopicInfo& topic : topics) names.push_back(topic.name);
  const std::string near = near_miss(name, names);
  return {Errc::not_found, fmt::format("no topic \"{}\" in {}", name, directory.path().string()),
          near.empty() ? fmt::format("kappa topic create {}", name)
                       : fmt::format("did you mean {}? (or: kappa topic create {})", near, name)};
}

const ViewInfo* find(const std::vector<ViewInfo>& views, std::string_view name) {
  const auto found = std::find_if(views.begin(), views.end(), [&](const ViewInfo& v) { return v.name == name; });
  return found == views.end() ? nullptr : &*found;
}

// The tree of a stored view as the present binary binds its text: a new binary may write trees otherwise.
Result<std::string> present_tree(const ViewInfo& stored, const Compile& compile) {
  if (stored.sql.empty() || !compile) return stored.tree;
  auto compiled = compile(stored.sql);
  if (!compiled) return propagate(compiled);
  const ViewSpec* view = compiled->find(stored.name);
  return view == nullptr ? std::string() : view->tree;
}

Result<void> check_unchanged(const ViewInfo& stored, const ViewSpec& view, const Compile& compile) {
  if (stored.tree == view.tree) return {};
  auto tree = present_tree(stored, compile);
  if (!tree) return propagate(tree);
  if (*tree == view.tree) return {};
  return fail(
      Errc::conflict, fmt::format("view {} exists with another definition", view.name),
      fmt::format("kappa view info {0} shows the definition in use; to start it anew: kappa view drop {0}", view.name));
}

// A table name means one thing for all views of a directory.
Result<void> check_tables(const std::vector<ViewInfo>& stored, const Definition& definition) {
  for (const ViewInfo& other : stored) {
    if (definition.find(other.name) != nullptr) continue;
    for (const TableSpec& theirs : other.tables) {
      for (const TableSpec& ours : definition.tables) {
        const bool both_define = !ours.tree.empty() && !theirs.tree.empty();
        if (ours.name != theirs.name || !both_define || ours.tree == theirs.tree) continue;
        return fail(Errc::conflict, fmt::format("table {} is defined otherwise by view {}", ours.name, other.name),
                    fmt::format("give it another name, or: kappa view drop {}", other.name));
      }
    }
  }
  return {};
}

std::vector<TableSpec> tables_of(const Definition& definition, const ViewSpec& view) {
  std::vector<TableSpec> tables;
  for (const TableSpec& table : definition.tables)
    if (std::find(view.tables.begin(), view.tables.end(), table.name) != view.tables.end()) tables.push_back(table);
  return tables;
}

// From a compacted topic events went that later ones replace: only a table with a PRIMARY KEY does not miss them.
Result<void> check_misses_nothing(const TableSpec& table, const log::TopicInfo& topic) {
  if (topic.compacted_through == kNoSequence || table.is_keyed()) return {};
  return fail(
      Errc::conflict,
      fmt::format("topic {} was compacted: events that later ones replace are gone, and {} has no PRIMARY KEY: it "
                  "would miss them",
                  topic.name, table.name),
      "declare the PRIMARY KEY whose text the events' keys are: CREATE TABLE … (…, PRIMARY KEY (…))");
}

// Such a table may not be in the way of compaction either.
Result<void> check_hinders_nothing(const TableSpec& table, const log::TopicInfo& topic) {
  if (!topic.compact_after || table.is_keyed()) return {};
  return fail(Errc::conflict,
              fmt::format("topic {} is compacted by key, and {} has no PRIMARY KEY: it needs each event", topic.name,
                          table.name),
              fmt::format("declare one, or keep each event: kappa topic set {} --compact off", topic.name));
}

Result<void> check_tables_of(const Definition& definition, const ViewSpec& view,
                             const std::vector<log::TopicInfo>& topics) {
  for (const TableSpec& table : tables_of(definition, view)) {
    const auto topic = std::ranges::find(topics, table.topic, &log::TopicInfo::name);
    if (topic == topics.end()) continue;
    if (auto whole = check_misses_nothing(table, *topic); !whole) return whole;
    if (auto free = check_hinders_nothing(table, *topic); !free) return free;
  }
  return {};
}

// The events that define what is new; empty if all is known and unchanged.
Result<std::vector<log::CatalogEvent>> decide(const Definition& definition, const Compile& compile,
                                              const std::vector<ViewInfo>& stored,
                                              const std::vector<log::TopicInfo>& topics) {
  if (auto tables = check_tables(stored, definition); !tables) return propagate(tables);
  std::vector<log::CatalogEvent> events;
  for (const ViewSpec& view : definition.views) {
    if (const ViewInfo* known = find(stored, view.name)) {
      if (auto same = check_unchanged(*known, view, compile); !same) return propagate(same);
      continue;
    }
    for (const log::TopicInfo& topic : topics) {
      if (topic.name != view.name || topic.kind != log::TopicKind::user) continue;
      return fail(Errc::conflict, fmt::format("a topic {} exists, so no view can have that name", view.name),
                  "give the view another name");
    }
    if (auto tables = check_tables_of(definition, view, topics); !tables) return propagate(tables);
    ViewInfo info{view.name, definition.sql, view.tree, 1, tables_of(definition, view), kNoSequence};
    events.push_back(view_defined(info));
  }
  return events;
}

Result<void> ensure_topic(log::Directory& directory, const std::string& name, log::TopicKind kind) {
  auto found = directory.catalog().find_topic(name);
  if (!found) return propagate(found);
  if (!*found) {
    auto created = directory.create_topic(name, kind);
    if (created) return {};
    if (created.error().code != Errc::conflict) return propagate(created);
    // Somebody was faster; what they made must be ours to use.
    found = directory.catalog().find_topic(name);
    if (!found) return propagate(found);
    if (!*found) return propagate(created);
  }
  if ((*found)->kind == kind) return {};
  return fail(Errc::conflict, fmt::format("a topic {} exists and is no view's", name), "give the view another name");
}

/// What was to be removed when a view was defined is none of its input, whether it is still there or not.
Result<void> finish_trims(log::Directory& directory, const Definition& definition) {
  for (const TableSpec& table : definition.tables) {
    auto topic = directory.catalog().find_topic(table.topic);
    if (!topic) return propagate(topic);
    if (!*topic || (*topic)->kind != log::TopicKind::user) continue;
    if (auto finished = directory.finish_trims(**topic); !finished) return finished;
  }
  return {};
}

bool is_in_use(const TableSpec& table, const std::vector<ViewInfo>& views) {
  return std::ranges::any_of(views, [&](const ViewInfo& view) {
    return std::ranges::any_of(
        view.tables, [&](const TableSpec& one) { return one.topic == table.topic && one.tree == table.tree; });
  });
}

}  // namespace

Result<void> check_compacted_inputs(log::Directory& directory, const Definition& definition, const ViewSpec& view,
                                    const std::function<void(const std::string&)>& warning) {
  for (const TableSpec& table : tables_of(definition, view)) {
    auto topic = directory.catalog().find_topic(table.topic);
    if (!topic) return propagate(topic);
    if (!*topic || (*topic)->compacted_through == kNoSequence) continue;
    if (auto whole = check_misses_nothing(table, **topic); !whole) return whole;
    auto views = list_views(directory);
    if (!views) return propagate(views);
    if (warning && !is_in_use(table, *views))
      warning(fmt::format(
          "topic {} was compacted, and no view is left whose table is defined as {} is: it has the rows that are left",
          table.topic, table.name));
  }
  return {};
}

Result<std::vector<log::TopicInfo>> input_topics(log::Directory& directory, const processor::Processor& made) {
  auto topics = directory.catalog().topics();
  if (!topics) return propagate(topics);
  std::vector<log::TopicInfo> inputs;
  for (const processor::InputSpec& input : made.inputs()) {
    const auto found = std::find_if(topics->begin(), topics->end(),
                                    [&](const log::TopicInfo& topic) { return topic.name == input.topic; });
    if (found == topics->end()) return std::unexpected(unknown_topic(input.topic, *topics, directory));
    if (found->kind != log::TopicKind::user)
      return fail(Errc::conflict, fmt::format("{} belongs to a view; a table cannot read it", input.topic),
                  "define both views in one file and select from the view by its name");
    inputs.push_back(*found);
  }
  return inputs;
}

Result<void> register_views(log::Directory& directory, const Definition& definition, const Compile& compile) {
  for (;;) {
    auto contents = directory.catalog().read();
    if (!contents) return propagate(contents);
    const auto stored = views_of(contents->events);
    if (!stored) return std::unexpected(stored.error());
    const auto topics = directory.catalog().topics();
    if (!topics) return std::unexpected(topics.error());
    const auto events = decide(definition, compile, *stored, *topics);
    if (!events) return std::unexpected(events.error());
    if (events->empty()) break;
    auto appended = directory.catalog().append(*events, contents->end);
    if (appended) break;
    if (appended.error().code != Errc::conflict) return propagate(appended);
  }
  // Also where the views were known: whoever defined them may have died before this.
  if (auto finished = finish_trims(directory, definition); !finished) return finished;
  for (const ViewSpec& view : definition.views) {
    if (auto topic = ensure_topic(directory, view.name, log::TopicKind::changelog); !topic) return topic;
    if (auto topic = ensure_topic(directory, errors_topic(view.name), log::TopicKind::errors); !topic) return topic;
  }
  return {};
}

}  // namespace kappa::replay
