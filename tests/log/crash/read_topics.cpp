#include "read_topics.hpp"

#include "crash_event.hpp"
#include "directory/log_directory.hpp"

namespace kappa::test {
namespace {

Result<void> read_frames(log::PartitionReader& reader, std::vector<FoundFrame>& frames) {
  for (;;) {
    auto batch = reader.next();
    if (!batch) return propagate(batch);
    if (!*batch) return {};
    if ((*batch)->columns.count == 0) continue;  // Its event has been compacted away.
    FoundFrame frame;
    frame.digest = digest_of((*batch)->columns);
    frame.sequence = (*batch)->sequence;
    frame.offset = (*batch)->offset(0);
    if (const auto& commit = reader.info().commit) {
      frame.input = commit->inputs[0].topic;
      frame.consumed = commit->inputs[0].end;
    }
    frames.push_back(frame);
  }
}

}  // namespace

Result<void> read_topic(log::Directory& directory, const char* name, FoundTopic& found) {
  auto topic = directory.catalog().find_topic(name);
  if (!topic) return propagate(topic);
  if (!*topic) return {};
  found.id = (*topic)->id;
  found.retained = (*topic)->retention.age.has_value();
  log::LogCatalog& catalog = static_cast<log::LogDirectory&>(directory).log_catalog();
  auto recorded = catalog.log_start((*topic)->id, 0);
  if (!recorded) return propagate(recorded);
  found.recorded_start = *recorded;
  auto compactions = catalog.compactions();
  if (!compactions) return propagate(compactions);
  for (const auto& one : *compactions)
    if (one.what.topic == *found.id) found.compactions.push_back({one.what.through, one.what.begin, one.what.end});
  auto reader = directory.reader(**topic);
  if (!reader) return propagate(reader);
  auto extent = (*reader)->extent();
  if (!extent) return propagate(extent);
  found.start = extent->start;
  found.end = extent->end;
  return read_frames(**reader, found.frames);
}

Result<FoundTopics> read_topics(log::Directory& directory) {
  FoundTopics found;
  for (std::size_t i = 0; i < kCrashTopics; ++i)
    if (auto read = read_topic(directory, kCrashTopicNames[i], found[i]); !read) return propagate(read);
  return found;
}

}  // namespace kappa::test
