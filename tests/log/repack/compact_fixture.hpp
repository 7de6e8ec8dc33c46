#pragma once
#include <map>

#include "repack_fixture.hpp"
#include "text_event.hpp"

namespace kappa::test {

/// What tables over the topic say of an event: one without a value deletes its key's row; one without a key, or whose
/// value begins with `?`, says nothing.
inline Result<void> judge_keyed(const EventBatch& events, std::vector<log::KeyedEvent>& said) {
  const EventColumns& columns = events.columns;
  said.clear();
  for (std::size_t i = 0; i < columns.count; ++i) {
    if (!columns.keys.has(i) || as_text(columns.values[i]).starts_with('?'))
      said.push_back(log::KeyedEvent::other);
    else
      said.push_back(columns.values.has(i) ? log::KeyedEvent::row : log::KeyedEvent::deletion);
  }
  return {};
}

/// What a table over the topic is: the row of each key, and what says nothing, in order.
struct TableState {
  std::map<std::string, std::string> rows;
  std::vector<std::string> others;

  void take(const EventBatch& batch) {
    std::vector<log::KeyedEvent> said;
    EXPECT_TRUE(judge_keyed(batch, said));
    for (std::size_t i = 0; i < said.size(); ++i) {
      const std::string key(as_text(batch.columns.keys[i]));
      const std::string value(as_text(batch.columns.values[i]));
      if (said[i] == log::KeyedEvent::other) others.push_back(value);
      if (said[i] == log::KeyedEvent::row) rows[key] = value;
      if (said[i] == log::KeyedEvent::deletion) rows.erase(key);
    }
  }
  friend bool operator==(const TableState&, const TableState&) = default;
};

/// Directories with keyed events, and their compaction.
class Compacting : public Repacking {
 protected:
  static log::Stamp append_keyed(log::Directory& directory, const std::string& name,
                                 const std::vector<TextEvent>& events, const log::AppendOptions& options = {}) {
    EventBatchBuilder builder;
    for (const TextEvent& event : events) builder.add(event.view());
    const auto appender = directory.appender(topic(directory, name)).value();
    auto stamp = appender->append(builder.columns(), options);
    EXPECT_TRUE(stamp) << stamp.error().message;
    return stamp.value_or(log::Stamp{});
  }
  /// The same rows over and over, in appends of one.
  static void fill_keyed(log::Directory& directory, const std::string& name, int keys, int events) {
    for (int i = 0; i < events; ++i)
      append_keyed(directory, name, {{fmt::format("k{}", i % keys), fmt::format("{} {}", name, i)}});
  }

  /// Up to the topic's end, unless a horizon is given.
  static Result<log::RepackReport> try_compact(log::Directory& directory, const std::string& name,
                                               log::RepackOptions options = {}, std::optional<Sequence> through = {}) {
    const auto extent = directory.reader(topic(directory, name)).value()->extent();
    EXPECT_TRUE(extent) << extent.error().message;
    const log::Compaction compaction{through.value_or(extent->last), judge_keyed,
                                     directory.catalog().read().value().end};
    options.compaction = &compaction;
    return try_repack(directory, name, options);
  }
  static log::RepackReport compact(log::Directory& directory, const std::string& name,
                                   const log::RepackOptions& options = {}, std::optional<Sequence> through = {}) {
    return until_idle(options,
                      [&](const log::RepackOptions& again) { return try_compact(directory, name, again, through); });
  }

  /// The table at each sequence from one on at which there is an append.
  static std::map<Sequence, TableState> states_from(log::Directory& directory, const std::string& name, Sequence from) {
    std::map<Sequence, TableState> states;
    TableState state;
    const auto reader = directory.reader(topic(directory, name)).value();
    Sequence last;
    for (auto batch = reader->next(); batch && *batch; batch = reader->next()) {
      if (last < from && (*batch)->sequence > from) states[from] = state;
      last = (*batch)->sequence;
      state.take(**batch);
      if (last >= from) states[last] = state;
    }
    if (last < from) states[from] = state;
    return states;
  }
  static TableState state_of(log::Directory& directory, const std::string& name) {
    TableState state;
    const auto reader = directory.reader(topic(directory, name)).value();
    auto batch = reader->next();
    for (; batch && *batch; batch = reader->next()) state.take(**batch);
    EXPECT_TRUE(batch) << batch.error().message;
    return state;
  }
};

}  // namespace kappa::test
