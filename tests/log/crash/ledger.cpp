// What must hold after every crash, of each topic:
//
// - the frames found are appends in the order of their beginning, each at most once and with all its bytes;
// - none is missing that was acknowledged or that a reader was given, nor, after the mere death of a process, one whose
//   write had returned; what is missing is missing at the end, unless a call had failed;
// - each has the sequence and the offset that its appender was told; sequences rise, offsets have no gaps;
// - no commit of the view has consumed more events than there are: output and progress never part;
// - an append afterwards gets a sequence that nobody was told before;
// - a torn tail is reported only where an append is missing, and corruption never.
#include "ledger.hpp"

#include <algorithm>

#include "fmt/format.h"
#include "format/hash.hpp"

namespace kappa::test {

std::uint64_t digest_of(std::string_view value) {
  return log::hash_of(as_bytes(value));
}

std::uint64_t hash_of(const Found& found) {
  std::string text = found.fault;
  for (const auto& frames : found.frames) {
    text += fmt::format("|{}", frames.size());
    for (const FoundFrame& frame : frames)
      text +=
          fmt::format(" {:x} {} {} {}", frame.digest, frame.sequence.value, frame.offset.value, frame.consumed.value);
  }
  for (const log::RecoveryNote& note : found.notes) text += fmt::format("|{} {}", note.kept_aside, note.bytes);
  if (found.next) text += fmt::format("|{}", found.next->value);
  return log::hash_of(as_bytes(text));
}

std::size_t Ledger::begin(CrashTopic topic, const std::string& value) {
  auto& entries = topics_[static_cast<std::size_t>(topic)];
  entries.push_back({.digest = digest_of(value), .stamp = {}});
  return entries.size() - 1;
}

void Ledger::written(CrashTopic topic, std::size_t number, const log::Stamp& stamp) {
  topics_[static_cast<std::size_t>(topic)][number].stamp = stamp;
}

void Ledger::acknowledge(CrashTopic topic, std::size_t number) {
  auto& entries = topics_[static_cast<std::size_t>(topic)];
  for (std::size_t i = 0; i <= number; ++i) {
    entries[i].acknowledged |= !entries[i].failed;
    if (entries[i].acknowledged && entries[i].stamp) highest_ = std::max(highest_, entries[i].stamp->sequence);
  }
}

void Ledger::fail(CrashTopic topic, std::size_t number) {
  auto& entries = topics_[static_cast<std::size_t>(topic)];
  for (std::size_t i = 0; i <= number; ++i) entries[i].failed |= !entries[i].acknowledged;
}

void Ledger::seen(const FoundFrames& frames) {
  for (std::size_t topic = 0; topic < kCrashTopics; ++topic)
    for (const FoundFrame& frame : frames[topic]) {
      highest_ = std::max(highest_, frame.sequence);
      for (Entry& entry : topics_[topic]) entry.seen |= entry.digest == frame.digest;
    }
}

std::string Ledger::judge_frame(const Entry& entry, const FoundFrame& frame, std::size_t offset) const {
  if (frame.offset.value != offset) return fmt::format("offset {} instead of {}", frame.offset.value, offset);
  if (!entry.stamp) return {};
  if (frame.sequence != entry.stamp->sequence)
    return fmt::format("sequence {}, told was {}", frame.sequence.value, entry.stamp->sequence.value);
  if (frame.offset != entry.stamp->first)
    return fmt::format("offset {}, told was {}", frame.offset.value, entry.stamp->first.value);
  return {};
}

std::string Ledger::judge_missing(const Entry& entry, Crash crash) const {
  if (entry.acknowledged) return "was acknowledged and is gone";
  if (entry.seen) return "was given to a reader and is gone";
  if (crash == Crash::kill && entry.stamp && !entry.failed) return "was written before a mere kill and is gone";
  return {};
}

std::string Ledger::judge_topic(std::size_t topic, const Found& found, Crash crash) const {
  const auto& frames = found.frames[topic];
  const auto& entries = topics_[topic];
  std::size_t next = 0;
  Sequence last;
  std::string missing;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    std::string wrong;
    if (next < frames.size() && frames[next].digest == entries[i].digest) {
      if (!missing.empty()) wrong = "follows a hole: " + missing;
      if (wrong.empty()) wrong = judge_frame(entries[i], frames[next], next);
      if (frames[next].sequence <= last) wrong = "sequences do not rise";
      last = frames[next++].sequence;
    } else {
      wrong = judge_missing(entries[i], crash);
      if (!entries[i].failed) missing = fmt::format("append {} is not there", i);
    }
    if (!wrong.empty()) return fmt::format("append {}: {}", i, wrong);
  }
  if (next < frames.size()) return fmt::format("frame {} was never appended, or stands elsewhere", next);
  return {};
}

std::string Ledger::judge(const Found& found, Crash crash) const {
  if (!found.fault.empty()) return found.fault;
  if (found.next && *found.next <= highest_) return "a sequence is used again";
  for (std::size_t topic = 0; topic < kCrashTopics; ++topic) {
    const std::string wrong = judge_topic(topic, found, crash);
    if (!wrong.empty()) return fmt::format("{}: {}", kCrashTopicNames[topic], wrong);
    const bool complete = found.frames[topic].size() == topics_[topic].size();
    for (const log::RecoveryNote& note : found.notes)
      if (complete && note.file.find(fmt::format("/{}/0/", kCrashTopicNames[topic])) != std::string::npos)
        return fmt::format("{}: a torn tail is reported, and nothing is missing", note.file);
  }
  for (const FoundFrame& commit : found.frames[static_cast<std::size_t>(CrashTopic::view)])
    if (commit.consumed.value > found.frames[static_cast<std::size_t>(CrashTopic::events)].size())
      return fmt::format("the view has consumed {} events, of which some are gone", commit.consumed.value);
  return {};
}

}  // namespace kappa::test
