// The others' part is to be there: they hold the lock on the directory's lifetime, so that a new process joins instead
// of recovering. It reads first (only what is durable and published), then appends and commits, for which it must
// repair what the dead one left, and reads again.
#include "takeovers.hpp"

#include "fmt/format.h"

namespace kappa::test {
namespace {

constexpr std::uint32_t kSecondDeathOneIn = 8;

/// What was there before the last frame of each topic came; nullopt if a topic was made anew meanwhile.
std::optional<Found> before_last_frames(const FoundTopics& first, const FoundTopics& last) {
  Found before;
  before.topics = last;
  for (std::size_t topic = 0; topic < kCrashTopics; ++topic) {
    if (first[topic].id != last[topic].id || last[topic].frames.empty()) return std::nullopt;
    before.topics[topic].end = before.topics[topic].frames.back().offset;
    before.topics[topic].frames.pop_back();
  }
  return before;
}

/// All that was read is durable, and nothing more is but what a compaction may remove. A removal or a trim that the
/// dead one has begun may come about late, when the directory is started anew.
bool same_frames(const FoundTopics& read, const FoundTopics& found) {
  for (std::size_t topic = 0; topic < kCrashTopics; ++topic) {
    const bool same = read[topic].id == found[topic].id && read[topic].start == found[topic].start;
    if (same && !are_same_frames(read[topic], found[topic])) return false;
  }
  return true;
}

}  // namespace

std::string Takeovers::go_on(CrashProcess& process, const Ledger& before, Ledger& now, FoundTopics& last) {
  if (auto opened = process.open(); !opened) return "opening: " + opened.error().message;
  auto first = process.read();
  if (!first) return "reading: " + first.error().message;
  Found found;
  found.topics = *first;
  // What was written and not published may or may not be shown yet.
  if (std::string wrong = before.judge(found, Ledger::Crash::power); !wrong.empty()) return "at first: " + wrong;
  for (const Operation operation : {Operation::append, Operation::commit})
    if (auto done = process.perform(operation); !done) return "appending: " + done.error().message;
  auto second = process.read();
  if (!second) return "reading again: " + second.error().message;
  last = std::move(*second);
  found.topics = last;
  if (std::string wrong = now.judge(found, Ledger::Crash::power); !wrong.empty()) return "in the end: " + wrong;
  if (const auto adopted = before_last_frames(*first, last))
    if (std::string wrong = before.judge(*adopted, Ledger::Crash::kill); !wrong.empty()) return wrong;
  if (auto compacted = process.perform(Operation::compact); !compacted)
    return "compacting: " + compacted.error().message;
  auto third = process.read();
  if (!third) return "reading what is compacted: " + third.error().message;
  last = std::move(*third);
  found.topics = last;
  return now.judge(found, Ledger::Crash::power);
}

std::string Takeovers::judge_loss(const CrashDisk& disk, const Recoveries::Context& context, const Ledger& now,
                                  Found& found) {
  const CrashImages images(disk);
  for (const std::size_t kept : {images.units(), std::size_t{0}}) {
    ++states_;
    CrashDisk image = images.image(images.first(kept, PageImage::older), context.random);
    found = recoveries_.once(image, context);
    const std::string wrong = now.judge(found, Ledger::Crash::power);
    if (!wrong.empty()) return "a loss of power after it: " + wrong;
    if (images.units() == 0) break;
  }
  return {};
}

std::string Takeovers::examine(const CrashDisk& disk, const Recoveries::Context& context, const Ledger& now,
                               DiskSeam::Point point) {
  if (context.random() % kSecondDeathOneIn == 0) {
    const std::string wrong = judge(disk, context.setup, now, context.random, Crashes::none);
    if (!wrong.empty()) return wrong;
  }
  Found found;
  return point == DiskSeam::Point::call ? judge_loss(disk, context, now, found) : "";
}

std::string Takeovers::judge(const CrashDisk& left, const CrashSetup& setup, const Ledger& ledger, Random& random,
                             Crashes crashes) {
  ++states_;
  const Recoveries::Context context{setup, random};
  CrashDisk disk = left.after_kill();
  Ledger now = ledger;
  now.fail_all();  // Nobody waits any more for what the dead one did not finish.
  std::string inside;
  bool watching = crashes == Crashes::inside;
  const auto watcher = [&](DiskSeam::Point point) {
    if (watching && inside.empty()) inside = examine(disk, context, now, point);
  };
  SimProcess process(disk, watcher, decorator_, DiskSeam::Company::others);
  CrashProcess next(process.seam(), setup, now);
  FoundTopics last;
  std::string wrong = go_on(next, ledger, now, last);
  watching = false;
  if (wrong.empty()) wrong = inside;
  disk.settle_store();
  Found found;
  if (wrong.empty()) wrong = judge_loss(disk, context, now, found);
  if (wrong.empty() && !same_frames(last, found.topics))
    wrong = fmt::format("a loss of power after it changes{}", describe(found));
  return wrong.empty() ? wrong : "a death beside others: " + wrong;
}

}  // namespace kappa::test
