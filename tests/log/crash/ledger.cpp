// What must hold after every crash, of each topic:
//
// - it is there, if its creation was acknowledged and its removal has not begun; once that is acknowledged it never is;
// - its log start is where the last acknowledged trim has moved it, or where one that has begun may move it, and never
//   beyond what the catalog has on record;
// - from there on the frames found are appends in the order of their beginning, each at most once and with all its
//   bytes;
// - none is missing that was acknowledged or that a reader was given, nor, after the mere death of a process, one whose
//   write had returned; what is missing is missing at the end, unless a call had failed;
// - each has the sequence and the offset that its appender was told; sequences rise, offsets have no gaps but those of
//   events that a compaction was free to remove;
// - where such an event is missing, a compaction of it is on record; what is left makes the same table as all that
// there
//   was, and what was removed durably never comes back;
// - no commit of the view has consumed more events than there are: output and progress never part;
// - an append afterwards gets a sequence, and a new owner an epoch, that nobody was told before;
// - a torn tail is reported only where something is missing, and corruption never.
#include "ledger.hpp"

#include <algorithm>
#include <map>

#include "fmt/format.h"

namespace kappa::test {

void Ledger::creating(CrashTopic topic) {
  topics_[static_cast<std::size_t>(topic)].lives.emplace_back();
}

void Ledger::is_there(CrashTopic topic, std::optional<TopicId> id) {
  auto& lives = topics_[static_cast<std::size_t>(topic)].lives;
  if (lives.empty() && id) lives.emplace_back();
  if (lives.empty()) return;
  if (!id) lives.back().removed |= lives.back().removing;
  if (id && !lives.back().id) lives.back().id = id;
}

void Ledger::removing(CrashTopic topic) {
  life(topic).removing = true;
}
void Ledger::removed(CrashTopic topic) {
  life(topic).removed = true;
}

std::size_t Ledger::begin(CrashTopic topic, const CrashEvent& event) {
  ++topics_[static_cast<std::size_t>(topic)].begun;
  auto& entries = life(topic).entries;
  entries.push_back({.digest = digest_of(event.batch().columns()),
                     .key = event.key.value_or(""),
                     .is_deletion = event.is_deletion(),
                     .stamp = {}});
  return entries.size() - 1;
}

void Ledger::written(CrashTopic topic, std::size_t number, const log::Stamp& stamp) {
  life(topic).entries[number].stamp = stamp;
}

void Ledger::acknowledge(CrashTopic topic, std::size_t number) {
  auto& entries = life(topic).entries;
  const std::uint32_t group = ++life(topic).groups;
  for (std::size_t i = 0; i <= number; ++i) {
    if (!entries[i].acknowledged) entries[i].group = group;
    entries[i].acknowledged |= !entries[i].failed;
    if (entries[i].acknowledged && entries[i].stamp) highest_ = std::max(highest_, entries[i].stamp->sequence);
  }
}

void Ledger::fail(CrashTopic topic, std::size_t number) {
  auto& entries = life(topic).entries;
  for (std::size_t i = 0; i <= number; ++i) entries[i].failed |= !entries[i].acknowledged;
}

void Ledger::fail_all() {
  for (Topic& topic : topics_)
    for (Entry& entry : topic.lives.back().entries) entry.failed |= !entry.acknowledged;
}

void Ledger::setting_retention(CrashTopic topic) {
  ++life(topic).retention.begun;
}
void Ledger::set_retention(CrashTopic topic) {
  life(topic).retention.done = life(topic).retention.begun;
}

void Ledger::trimming(CrashTopic topic, std::vector<Offset> starts) {
  Life& of = life(topic);
  ++of.trims.begun;
  of.next_starts.insert(of.next_starts.end(), starts.begin(), starts.end());
}
void Ledger::trimmed(CrashTopic topic, Offset start) {
  Life& of = life(topic);
  of.trims.done = of.trims.begun;
  ++of.groups;
  if (std::ranges::find(of.next_starts, start) != of.next_starts.end()) of.start = start;
  of.next_starts.clear();
}

void Ledger::compacting(CrashTopic topic, const FoundTopic& found, Sequence horizon) {
  struct Key {
    Entry* last = nullptr;
    bool has_row = false;
  };
  std::map<std::string, Key> keys;
  const auto replace = [&](Key& key) {
    if (key.last == nullptr) return;
    key.last->horizon = key.last->may_go ? std::min(key.last->horizon, horizon) : horizon;
    key.last->may_go = true;
  };
  auto entry = life(topic).entries.begin();
  for (const FoundFrame& frame : found.frames) {
    if (frame.sequence > horizon) break;
    // What is there was begun before, in this order.
    entry = std::find_if(entry, life(topic).entries.end(), [&](const Entry& e) { return e.digest == frame.digest; });
    if (entry == life(topic).entries.end()) return;  // Somebody else's; judged elsewhere.
    entry->offset = frame.offset;
    if (entry->key.empty()) continue;
    Key& key = keys[entry->key];
    replace(key);
    key.last = &*entry;
    key.has_row |= !entry->is_deletion;
  }
  for (auto& [name, key] : keys)
    if (key.last->is_deletion && !key.has_row) replace(key);
}

void Ledger::compacted(CrashTopic topic, const FoundTopic& found) {
  for (Entry& entry : life(topic).entries)
    entry.gone |=
        entry.may_go && std::ranges::find(found.frames, entry.digest, &FoundFrame::digest) == found.frames.end();
}

void Ledger::owning(CrashTopic topic) {
  ++life(topic).ownership.begun;
}
void Ledger::owned(CrashTopic topic, std::uint32_t epoch) {
  life(topic).ownership.done = life(topic).ownership.begun;
  life(topic).epoch = epoch;
  ++life(topic).groups;
}

void Ledger::closed() {
  for (Topic& topic : topics_)
    if (!topic.lives.empty()) topic.lives.back().marked = topic.lives.back().groups;
}

bool Ledger::in_last_groups(CrashTopic topic, std::uint64_t digest, bool marks_count) const {
  const Life& of = topics_[static_cast<std::size_t>(topic)].lives.back();
  const auto entry = std::ranges::find(of.entries, digest, &Entry::digest);
  if (entry == of.entries.end()) return false;
  return !entry->acknowledged || ((!marks_count || entry->group > of.marked) && entry->group + 2 > of.groups);
}

void Ledger::seen(const FoundTopics& topics) {
  for (std::size_t topic = 0; topic < kCrashTopics; ++topic) {
    if (topics_[topic].lives.empty()) continue;
    for (const FoundFrame& frame : topics[topic].frames) {
      highest_ = std::max(highest_, frame.sequence);
      for (Entry& entry : topics_[topic].lives.back().entries) entry.seen |= entry.digest == frame.digest;
    }
  }
}

std::string Ledger::judge_existence(const Topic& topic, const FoundTopic& found) {
  const Life* last = topic.lives.empty() ? nullptr : &topic.lives.back();
  if (!found.id) return last != nullptr && last->id && !last->removing ? "the topic is gone" : "";
  if (last == nullptr || last->removed) return "the topic was removed, or never made, and is there";
  if (last->id && found.id != last->id) return "it is another topic";
  const auto is_old = [&](const Life& life) { return life.removed && life.id == found.id; };
  return std::ranges::any_of(topic.lives, is_old) ? "it is a topic that was removed" : "";
}

bool Ledger::is_trimmed(const Entry& entry, const FoundTopic& found) {
  const std::optional<Offset> end = entry.stamp    ? std::optional(entry.stamp->end)
                                    : entry.may_go ? std::optional(entry.offset.plus(1))
                                                   : std::nullopt;
  return end && *end <= found.start;
}

std::string Ledger::judge_start(const Life& life, const FoundTopic& found) {
  const auto may_be = [&](Offset start) {
    return start == life.start || std::ranges::find(life.next_starts, start) != life.next_starts.end();
  };
  if (!may_be(found.start)) return fmt::format("it begins at {}, and was at {}", found.start.value, life.start.value);
  if (!may_be(found.recorded_start))
    return fmt::format("it is on record that it begins at {}, and was at {}", found.recorded_start.value,
                       life.start.value);
  if (found.start > found.recorded_start)
    return fmt::format("it begins at {}, on record is {}", found.start.value, found.recorded_start.value);
  if (found.retained ? life.retention.begun == 0 : life.retention.done != 0) return "its retention is not what was set";
  return {};
}

std::string Ledger::judge_frame(const Entry& entry, const FoundFrame& frame, Offset offset) {
  if (frame.offset != offset) return fmt::format("offset {} instead of {}", frame.offset.value, offset.value);
  if (!entry.stamp) return {};
  if (frame.sequence != entry.stamp->sequence)
    return fmt::format("sequence {}, told was {}", frame.sequence.value, entry.stamp->sequence.value);
  if (frame.offset != entry.stamp->first)
    return fmt::format("offset {}, told was {}", frame.offset.value, entry.stamp->first.value);
  return {};
}

std::string Ledger::judge_missing(const Entry& entry, Crash crash) {
  if (entry.acknowledged) return "was acknowledged and is gone";
  if (entry.seen) return "was given to a reader and is gone";
  if (crash == Crash::kill && entry.stamp && !entry.failed) return "was written before a mere kill and is gone";
  return {};
}

std::string Ledger::judge_frames(const Life& life, const FoundTopic& found, Crash crash) {
  std::size_t next = 0;
  Sequence last;
  std::string missing;
  Offset offset = found.start;
  for (std::size_t i = 0; i < life.entries.size(); ++i) {
    const Entry& entry = life.entries[i];
    if (is_trimmed(entry, found)) continue;
    std::string wrong;
    if (next < found.frames.size() && found.frames[next].digest == entry.digest) {
      if (!missing.empty()) wrong = "follows a hole: " + missing;
      if (wrong.empty() && entry.gone) wrong = "was compacted away and is back";
      if (wrong.empty()) wrong = judge_frame(entry, found.frames[next], offset);
      offset = offset.plus(1);
      if (found.frames[next].sequence <= last) wrong = "sequences do not rise";
      last = found.frames[next++].sequence;
    } else if (entry.may_go) {
      if (!found.may_be_compacted(entry.offset, entry.horizon)) wrong = "is gone, and no compaction of it is on record";
      offset = offset.plus(1);
    } else {
      wrong = judge_missing(entry, crash);
      if (!entry.failed) missing = fmt::format("append {} is not there", i);
    }
    if (!wrong.empty()) return fmt::format("append {}: {}", i, wrong);
  }
  if (next < found.frames.size()) return fmt::format("frame {} was never appended, or stands elsewhere", next);
  if (found.end != offset) return fmt::format("it ends at {} instead of {}", found.end.value, offset.value);
  return {};
}

/// The table over what is left is the one over all that there was.
std::string Ledger::judge_rows(const Life& life, const FoundTopic& found) {
  std::map<std::string, std::uint64_t> rows;
  std::map<std::string, std::uint64_t> rows_left;
  const auto put = [](const Entry& entry, std::map<std::string, std::uint64_t>& to) {
    if (entry.is_deletion)
      to.erase(entry.key);
    else
      to[entry.key] = entry.digest;
  };
  auto frame = found.frames.begin();
  for (const Entry& entry : life.entries) {
    const bool is_there = frame != found.frames.end() && frame->digest == entry.digest;
    if (is_there) ++frame;
    if (entry.key.empty() || is_trimmed(entry, found)) continue;
    if (is_there) put(entry, rows_left);
    if (is_there || entry.may_go) put(entry, rows);
  }
  return rows == rows_left ? "" : "what compaction has left makes another table";
}

std::string Ledger::judge_topic(const Topic& topic, const FoundTopic& found, Crash crash) {
  std::string wrong = judge_existence(topic, found);
  if (!wrong.empty() || !found.id) return wrong;
  wrong = judge_start(topic.lives.back(), found);
  if (wrong.empty()) wrong = judge_frames(topic.lives.back(), found, crash);
  return wrong.empty() ? judge_rows(topic.lives.back(), found) : wrong;
}

/// Nothing is missing if everything is there that was begun, and no control frame was under way.
std::string Ledger::judge_notes(const Life& life, const FoundTopic& found, std::string_view name,
                                const std::vector<log::RecoveryNote>& notes) {
  const auto may_be_gone = [&](const Entry& entry) {
    return is_trimmed(entry, found) ||
           (entry.may_go && std::ranges::find(found.frames, entry.digest, &FoundFrame::digest) == found.frames.end());
  };
  const auto gone = static_cast<std::size_t>(std::ranges::count_if(life.entries, may_be_gone));
  const bool complete = found.id && life.id && found.frames.size() + gone == life.entries.size() &&
                        !life.trims.under_way() && !life.ownership.under_way();
  for (const log::RecoveryNote& note : notes)
    if (complete && note.file.find(fmt::format("/{}/0/", name)) != std::string::npos)
      return fmt::format("{}: a torn tail is reported, and nothing is missing", note.file);
  return {};
}

std::string Ledger::judge_topics(const FoundTopics& found, Crash crash) const {
  for (std::size_t topic = 0; topic < kCrashTopics; ++topic) {
    const std::string wrong = judge_topic(topics_[topic], found[topic], crash);
    if (!wrong.empty()) return fmt::format("{}: {}", kCrashTopicNames[topic], wrong);
  }
  return {};
}

std::string Ledger::judge(const Found& found, Crash crash) const {
  if (!found.fault.empty()) return found.fault;
  if (std::string wrong = judge_topics(found.topics, crash); !wrong.empty()) return wrong;
  if (found.later)
    if (const std::string wrong = judge_topics(*found.later, Crash::power); !wrong.empty())
      return "after a loss of power right behind the start: " + wrong;
  for (std::size_t topic = 0; topic < kCrashTopics; ++topic) {
    if (topics_[topic].lives.empty()) continue;
    const std::string wrong =
        judge_notes(topics_[topic].lives.back(), found.topics[topic], kCrashTopicNames[topic], found.notes);
    if (!wrong.empty()) return fmt::format("{}: {}", kCrashTopicNames[topic], wrong);
  }
  const FoundTopic& events = found.topics[static_cast<std::size_t>(CrashTopic::events)];
  const Topic& view = topics_[static_cast<std::size_t>(CrashTopic::view)];
  for (const FoundFrame& commit : found.topics[static_cast<std::size_t>(CrashTopic::view)].frames)
    if (events.id == commit.input && commit.consumed > events.end)
      return fmt::format("the view has consumed {} events, of which some are gone", commit.consumed.value);
  if (found.next && *found.next <= highest_) return "a sequence is used again";
  const Life& owned = view.lives.back();
  if (found.next_epoch && (*found.next_epoch <= owned.epoch || *found.next_epoch > owned.ownership.begun + 1))
    return fmt::format("a new owner has epoch {}, the last one {}", *found.next_epoch, owned.epoch);
  return {};
}

}  // namespace kappa::test
