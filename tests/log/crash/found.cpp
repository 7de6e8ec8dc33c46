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
    else if (!later.may_be_compacted(frame.offset, frame.sequence))
      return false;
  return next == shown.frames.end();
}

namespace {

template <typename T>
void add(std::string& text, const T& value) {
  text.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void add_topic(std::string& text, const FoundTopic& topic) {
  add(text, topic.id.has_value());
  add(text, topic.id.value_or(TopicId{}));
  add(text, topic.retained);
  for (const Offset offset : {topic.recorded_start, topic.start, topic.end}) add(text, offset.value);
  for (const FoundCompaction& one : topic.compactions)
    for (const std::uint64_t value : {one.through.value, one.begin.value, one.end.value}) add(text, value);
  for (const FoundFrame& frame : topic.frames) {
    add(text, frame.digest);
    add(text, frame.sequence.value);
    add(text, frame.offset.value);
    add(text, frame.input);
    add(text, frame.consumed.value);
  }
}

}  // namespace

std::uint64_t hash_of(const Found& found) {
  std::string text = found.fault;
  for (const FoundTopic& topic : found.topics) add_topic(text, topic);
  if (found.later)
    for (const FoundTopic& topic : *found.later) add_topic(text, topic);
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
