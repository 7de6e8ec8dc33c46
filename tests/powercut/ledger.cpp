#include "ledger.hpp"

#include <algorithm>
#include <set>

#include "event_text.hpp"
#include "fmt/format.h"

namespace kappa::powercut {
namespace {

/// A writer has at most this many events written of which it was not told that they are durable.
constexpr std::uint64_t kInFlightMax = 256;
constexpr std::uint64_t kNumberMask = (1ull << kWriterShift) - 1;

}  // namespace

std::string Ledger::note(const Record& record) {
  Topic& topic = topics_[std::string(record.name())];
  switch (record.told) {
    case Told::creating:
      if (topic.existence == Existence::must_not) topic.existence = Existence::may;
      return {};
    case Told::created:
      topic.existence = Existence::must;
      return {};
    case Told::deleting:
      topic = {.existence = Existence::may};
      return {};
    case Told::deleted:
      topic = {.existence = Existence::must_not};
      return {};
    case Told::trimming:
      topic.begins_at_most = std::max(topic.begins_at_most, record.offset);
      return {};
    case Told::trimmed:
      topic.begins_at_least = std::max(topic.begins_at_least, record.offset);
      return {};
    case Told::acknowledged:
      acknowledged_ += record.count;
      return note_frame(record);
    case Told::delivered:
      delivered_ += record.count;
      return note_frame(record);
    default:
      return fmt::format("{}: a word that is no worker's", record.name());
  }
}

std::string Ledger::note_frame(const Record& record) {
  Topic& topic = topics_[std::string(record.name())];
  for (std::uint64_t i = 0; i < record.count; ++i) {
    const Event event{record.id + i, record.sequence};
    const auto [known, is_new] = topic.events.try_emplace(record.offset + i, event);
    if (!is_new && known->second != event)
      return fmt::format("{}: at offset {} somebody was told of event {:x} at sequence {}, somebody else of {:x} at {}",
                         record.name(), record.offset + i, known->second.id, known->second.sequence, event.id,
                         event.sequence);
    std::uint64_t& newest = newest_[event.id >> kWriterShift];
    newest = std::max(newest, event.id & kNumberMask);
  }
  return {};
}

std::map<std::string, Ledger::Found> Ledger::sorted(std::span<const Record> records) {
  std::map<std::string, Found> found;
  for (const Record& record : records) {
    if (record.told == Told::extent) found[std::string(record.name())].begin = record.offset;
    if (record.told != Told::delivered) continue;
    auto& events = found[std::string(record.name())].events;
    for (std::uint64_t i = 0; i < record.count; ++i) events[record.offset + i] = {record.id + i, record.sequence};
  }
  return found;
}

std::vector<std::string> Ledger::judge(std::span<const Record> records) {
  Faults faults;
  auto found = sorted(records);
  for (auto& [name, topic] : topics_) {
    const auto there = found.find(name);
    if (there == found.end()) {
      if (topic.existence == Existence::must) faults.push_back(fmt::format("{}: the topic is gone", name));
      continue;
    }
    judge_topic(name, topic, there->second, faults);
  }
  for (const auto& [name, topic] : found) {
    if (!topics_.contains(name)) faults.push_back(fmt::format("{}: nobody has created this topic", name));
    judge_order(name, topic, faults);
  }
  judge_once(found, faults);
  if (faults.empty()) adopt(std::move(found));
  return faults;
}

void Ledger::judge_topic(const std::string& name, Topic& topic, const Found& found, Faults& faults) const {
  if (topic.existence == Existence::must_not) faults.push_back(fmt::format("{}: the topic was deleted", name));
  if (found.begin < topic.begins_at_least || found.begin > topic.begins_at_most)
    faults.push_back(fmt::format("{}: begins at offset {}, may begin at {} to {}", name, found.begin,
                                 topic.begins_at_least, topic.begins_at_most));
  for (auto known = topic.events.lower_bound(found.begin); known != topic.events.end(); ++known) {
    const auto event = found.events.find(known->first);
    if (event != found.events.end() && event->second == known->second) continue;
    faults.push_back(fmt::format("{}: the event {:x} that was acknowledged or seen at offset {}, sequence {}, {}", name,
                                 known->second.id, known->first, known->second.sequence,
                                 event == found.events.end() ? "is lost" : "is not what is there"));
    return;
  }
}

void Ledger::judge_order(const std::string& name, const Found& found, Faults& faults) const {
  std::uint64_t expected = found.begin;
  std::uint64_t sequence = 0;
  for (const auto& [offset, event] : found.events) {
    if (offset != expected || event.sequence < sequence) {
      faults.push_back(fmt::format("{}: offset {} at sequence {} comes where offset {} after sequence {} is expected",
                                   name, offset, event.sequence, expected, sequence));
      return;
    }
    expected = offset + 1;
    sequence = event.sequence;
  }
}

// What nobody was told of may be there if somebody was about to append it, once, in its topic (the inspection has
// looked at that).
void Ledger::judge_once(const std::map<std::string, Found>& found, Faults& faults) const {
  std::set<std::uint64_t> ids;
  for (const auto& [name, topic] : found)
    for (const auto& [offset, event] : topic.events) {
      if (!ids.insert(event.id).second)
        faults.push_back(fmt::format("{}: event {:x} is there twice, also at offset {}", name, event.id, offset));
      const auto newest = newest_.find(event.id >> kWriterShift);
      const std::uint64_t known = newest == newest_.end() ? 0 : newest->second;
      if ((event.id & kNumberMask) > known + kInFlightMax)
        faults.push_back(fmt::format("{}: event {:x} was never appended; offset {}", name, event.id, offset));
    }
}

void Ledger::adopt(std::map<std::string, Found> found) {
  for (auto& [name, topic] : topics_)
    if (!found.contains(name)) topic = {.existence = Existence::must_not};
  for (auto& [name, there] : found) {
    Topic& topic = topics_[name];
    topic.existence = Existence::must;
    topic.begins_at_least = there.begin;
    topic.begins_at_most = std::max(topic.begins_at_most, there.begin);
    topic.events = std::move(there.events);
    for (const auto& [offset, event] : topic.events) {
      std::uint64_t& newest = newest_[event.id >> kWriterShift];
      newest = std::max(newest, event.id & kNumberMask);
    }
  }
}

}  // namespace kappa::powercut
