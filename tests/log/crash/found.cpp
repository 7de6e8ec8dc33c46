#include "found.hpp"

#include "fmt/format.h"
#include "format/hash.hpp"
#include "kappa/base/bytes.hpp"

namespace kappa::test {

bool are_same_frames(const FoundTopic& shown, const FoundTopic& later) {
  auto next = shown.frames.begin();
  for (const FoundFrame& frame : later.frames)
    if (next != shown.frames.end() && *next == frame)
      ++next;
    else if (frame.sequence > later.compacted_through)
      return false;
  return next == shown.frames.end();
}

std::uint64_t hash_of(const Found& found) {
  std::string text = found.fault;
  const auto add = [&text](const auto& value) { text.append(reinterpret_cast<const char*>(&value), sizeof value); };
  for (const FoundTopic& topic : found.topics) {
    add(topic.id.has_value());
    add(topic.id.value_or(TopicId{}));
    add(topic.retained);
    for (const Offset offset : {topic.recorded_start, topic.start, topic.end}) add(offset.value);
    add(topic.compacted_through.value);
    for (const FoundFrame& frame : topic.frames) {
      add(frame.digest);
      add(frame.sequence.value);
      add(frame.offset.value);
      add(frame.input);
      add(frame.consumed.value);
    }
  }
  for (const log::RecoveryNote& note : found.notes) text += fmt::format("|{} {}", note.kept_aside, note.bytes);
  if (found.next) text += fmt::format("|{} {}", found.next->value, found.next_epoch.value_or(0));
  return log::hash_of(as_bytes(text));
}

std::string describe(const Found& found) {
  std::string text = found.fault;
  for (std::size_t i = 0; i < kCrashTopics; ++i) {
    const FoundTopic& topic = found.topics[i];
    text += topic.id ? fmt::format(" {} [{}, {})", kCrashTopicNames[i], topic.start.value, topic.end.value)
                     : fmt::format(" no {}", kCrashTopicNames[i]);
  }
  return text;
}

}  // namespace kappa::test
