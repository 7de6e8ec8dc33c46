#include "worker.hpp"

#include <cstdio>
#include <memory>
#include <random>

#include "directory/log_directory.hpp"
#include "dropped_syncs.hpp"
#include "event_text.hpp"
#include "fmt/format.h"
#include "inspection.hpp"
#include "kappa/base/event_builder.hpp"

namespace kappa::powercut {
namespace {

constexpr std::string_view kTrimmedTopic = "c";
constexpr std::string_view kSharedTopics[] = {"a", "b", kTrimmedTopic};

/// Appends events of its own numbers, and tells what was acknowledged.
class Writer {
 public:
  Writer(const Work& work, log::Directory& directory)
      : directory_(directory), teller_(work.pipe), id_(work.writer << kWriterShift), random_(work.seed) {}

  std::mt19937_64& random() { return random_; }
  Teller& teller() { return teller_; }

  Result<log::TopicInfo> topic(std::string_view name) {
    for (;;) {
      auto found = directory_.catalog().find_topic(name);
      if (!found) return propagate(found);
      if (*found) return std::move(**found);
      teller_.tell({.told = Told::creating}, name);
      auto created = directory_.create_topic(name, log::TopicKind::user);
      if (created) teller_.tell({.told = Told::created}, name);
      if (created || created.error().code != Errc::conflict) return created;
    }
  }

  /// Some frames, then, as a pipeline does, one wait after the other.
  Result<void> append(log::Appender& appender, std::string_view name) {
    std::vector<std::pair<log::Stamp, Record>> written;
    const std::uint64_t frames = random_() % 4 == 0 ? 2 + random_() % 4 : 1;
    for (std::uint64_t i = 0; i < frames; ++i) {
      const std::uint64_t first = id_;
      events_.clear();
      for (std::uint64_t n = 1 + random_() % 4; n > 0; --n) events_.add({.value = as_bytes(event_text(id_++, name))});
      auto stamp = appender.write(events_.columns());
      if (!stamp) return propagate(stamp);
      written.push_back({*stamp,
                         {.told = Told::acknowledged,
                          .offset = stamp->first.value,
                          .count = events_.count(),
                          .id = first,
                          .sequence = stamp->sequence.value}});
    }
    for (const auto& [stamp, record] : written) {
      if (auto durable = appender.await_durable(stamp); !durable) return durable;
      teller_.tell(record, name);
    }
    return {};
  }

 private:
  log::Directory& directory_;
  Teller teller_;
  std::uint64_t id_;
  std::mt19937_64 random_;
  EventBatchBuilder events_;
};

Result<void> append_for_ever(log::Directory& directory, Writer writer) {
  std::vector<std::unique_ptr<log::Appender>> appenders;
  for (const std::string_view name : kSharedTopics) {
    auto topic = writer.topic(name);
    if (!topic) return propagate(topic);
    auto appender = directory.appender(*topic);
    if (!appender) return propagate(appender);
    appenders.push_back(std::move(*appender));
  }
  for (;;) {
    const std::size_t topic = writer.random()() % appenders.size();
    if (auto appended = writer.append(*appenders[topic], kSharedTopics[topic]); !appended) return appended;
  }
}

Result<void> deliver_for_ever(log::Directory& directory, Writer writer) {
  std::vector<log::TopicInfo> topics;
  for (const std::string_view name : {"a", "b"}) {
    auto topic = writer.topic(name);
    if (!topic) return propagate(topic);
    topics.push_back(std::move(*topic));
  }
  auto reader = directory.ordered_reader(topics);
  if (!reader) return propagate(reader);
  for (auto bound = (*reader)->bound();; bound = (*reader)->wait_past(*bound, log::OrderedReader::kNoLimit, {})) {
    if (!bound) return propagate(bound);
    for (;;) {
      auto batch = (*reader)->next(*bound);
      if (!batch) return propagate(batch);
      if (!*batch) break;
      const std::string& name = topics[(*batch)->input].name;
      auto record = delivered(**batch, name);
      if (!record) return propagate(record);
      writer.teller().tell(*record, name);
    }
  }
}

/// What an operator does meanwhile: makes topics, deletes them, has retention take the oldest segments.
class Manager {
 public:
  Manager(log::Directory& directory, Writer writer, std::uint64_t number)
      : directory_(directory), writer_(std::move(writer)), number_(number) {}

  Result<void> work_for_ever() {
    for (std::uint64_t i = 0;; ++i) {
      if (auto done = fill_new_topic(fmt::format("m-{}-{}", number_, i)); !done) return done;
      if (auto done = trim(); !done) return done;
      if (auto done = delete_one(); !done) return done;
    }
  }

 private:
  Result<void> fill_new_topic(const std::string& name) {
    auto topic = writer_.topic(name);
    if (!topic) return propagate(topic);
    auto appender = directory_.appender(*topic);
    if (!appender) return propagate(appender);
    for (std::uint64_t n = writer_.random()() % 8; n > 0; --n)
      if (auto appended = writer_.append(**appender, name); !appended) return appended;
    return {};
  }

  Result<void> trim() {
    auto topic = writer_.topic(kTrimmedTopic);
    if (!topic) return propagate(topic);
    const log::Retention retention{.age = {}, .bytes = std::uint64_t{100} << 10U};
    if (topic->retention != retention)
      if (auto set = directory_.set_retention(*topic, retention); !set) return set;
    auto catalog = directory_.catalog().read();
    if (!catalog) return propagate(catalog);
    auto trims = directory_.plan_retention(*topic);
    if (!trims) return propagate(trims);
    if (trims->empty() || !trims->front().takes_any()) return {};
    const log::Trim& trim = trims->front();
    writer_.teller().tell({.told = Told::trimming, .offset = trim.end.value}, kTrimmedTopic);
    auto trimmed = directory_.trim(*topic, *trims, catalog->end);
    if (!trimmed) return propagate(trimmed);
    auto reader = directory_.reader(*topic);
    if (!reader) return propagate(reader);
    auto extent = (*reader)->extent();
    if (!extent) return propagate(extent);
    writer_.teller().tell({.told = Told::trimmed, .offset = extent->start.value}, kTrimmedTopic);
    return {};
  }

  Result<void> delete_one() {
    auto topics = directory_.catalog().topics();
    if (!topics) return propagate(topics);
    std::vector<log::TopicInfo> own;
    for (const log::TopicInfo& topic : *topics)
      if (topic.name.starts_with("m-")) own.push_back(topic);
    if (own.size() < 4) return {};
    const log::TopicInfo& chosen = own[writer_.random()() % own.size()];
    writer_.teller().tell({.told = Told::deleting}, chosen.name);
    if (auto deleted = directory_.delete_topic(chosen); !deleted) return deleted;
    writer_.teller().tell({.told = Told::deleted}, chosen.name);
    return {};
  }

  log::Directory& directory_;
  Writer writer_;
  std::uint64_t number_;
};

std::unique_ptr<log::Seam> planted_seam(std::string_view name) {
  if (name == "no-data-sync") return std::make_unique<test::NoDataSync>();
  if (name == "no-file-sync") return std::make_unique<test::NoFileSync>();
  if (name == "late-data-sync") return std::make_unique<test::LateDataSync>();
  return nullptr;
}

/// Small, so that segments are left and marks are written while the power is on.
log::ProtocolOptions sizes(std::uint64_t seed) {
  static constexpr std::uint64_t kSegmentBytes[] = {40'000, 90'000, 400'000};
  log::ProtocolOptions options;
  options.segment_bytes = kSegmentBytes[seed % 3];
  options.mark_every_bytes = options.segment_bytes / 4;
  return options;
}

Result<void> work_in(const Work& work, log::Seam* seam) {
  const bool inspects = work.role.starts_with("inspect");
  const bool reads_only = work.role == "inspect_read_only";
  auto directory = log::open_directory(
      work.directory,
      {.access = reads_only ? log::Access::read_only : log::Access::read_write, .create = !inspects, .seam = seam},
      sizes(work.seed));
  if (inspects && !directory && directory.error().code == Errc::not_found) {
    Teller(work.pipe).tell({.told = Told::end}, "");
    return {};
  }
  if (!directory) return propagate(directory);
  if (inspects) return inspect(**directory, Teller(work.pipe));
  Writer writer(work, **directory);
  if (work.role == "append") return append_for_ever(**directory, std::move(writer));
  if (work.role == "read") return deliver_for_ever(**directory, std::move(writer));
  return Manager(**directory, std::move(writer), work.writer).work_for_ever();
}

}  // namespace

bool knows_planted(std::string_view name) {
  return planted_seam(name) != nullptr;
}

int work(const Work& work) {
  const auto seam = planted_seam(work.planted);
  const auto done = work_in(work, seam.get());
  if (done) return 0;
  std::fprintf(stderr, "%s: %s\n", work.role.c_str(), done.error().message.c_str());
  return 1;
}

}  // namespace kappa::powercut
