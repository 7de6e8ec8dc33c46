#include "crash_history.hpp"

#include <random>
#include <stdexcept>

#include "directory/layout.hpp"
#include "fmt/format.h"
#include "kappa/log/repack.hpp"
#include "must.hpp"
#include "segment/seal.hpp"

namespace kappa::test {
namespace {

constexpr std::array<const char*, kOperations> kNames{"append", "write",  "await",  "roll",   "seal",
                                                      "commit", "reopen", "trim",   "expire", "own",
                                                      "remove", "repack", "compact"};
// An event may lie in one sector or in several; one that rolls is larger than what is left of a segment.
constexpr std::array<std::size_t, 4> kValueBytes{60, 900, 300, 1400};
constexpr std::size_t kRollBytes = 7000;
// Rows of two keys, two of each in turn; now and then one of the first key's is deleted instead.
constexpr std::size_t kKeys = 2;
constexpr std::size_t kDeletionEvery = 5;
// All segments that were left, whatever they hold; and all events, as soon as time has passed.
constexpr log::Retention kLeftSegments{.age = {}, .bytes = 1};
constexpr log::Retention kExpired{.age = 1, .bytes = {}};
constexpr std::uint64_t kSegmentBytes = log::kFirstFramePosition + 7168;

}  // namespace

std::string name_of(const Operations& operations) {
  std::string names;
  for (const Operation operation : operations)
    names += fmt::format("{}{}", names.empty() ? "" : " ", kNames[static_cast<std::size_t>(operation)]);
  return names;
}

CrashSetup make_crash_setup(log::Seam& seam, Ledger& ledger, std::uint64_t mark_every_bytes) {
  CrashSetup setup;
  setup.protocol.segment_bytes = kSegmentBytes;
  setup.protocol.mark_every_bytes = mark_every_bytes;
  CrashProcess process(seam, setup, ledger);
  if (!process.open() || !process.perform(Operation::append) || !process.perform(Operation::commit))
    throw std::runtime_error("the crash tests' directory cannot be made");
  return setup;
}

Result<void> CrashProcess::open() {
  auto opened = log::open_directory(setup_.root, {.create = true, .seam = &seam_}, setup_.protocol);
  if (!opened) return propagate(opened);
  directory_ = std::move(*opened);
  return {};
}

void CrashProcess::close() {
  for (auto& opened : appenders_) opened = {};
  directory_.reset();
  ledger_.closed();
  written_.reset();
  epoch_.reset();
}

Result<FoundTopics> CrashProcess::read() {
  auto topics = read_topics(*directory_);
  if (topics) ledger_.seen(*topics);
  return topics;
}

Result<std::optional<log::TopicInfo>> CrashProcess::find(CrashTopic topic) {
  auto found = directory_->catalog().find_topic(kCrashTopicNames[static_cast<std::size_t>(topic)]);
  if (found) ledger_.is_there(topic, *found ? std::optional((*found)->id) : std::nullopt);
  return found;
}

Result<log::TopicInfo> CrashProcess::topic(CrashTopic topic) {
  auto found = find(topic);
  if (!found) return propagate(found);
  if (*found) return **found;
  ledger_.creating(topic);
  auto made = directory_->create_topic(kCrashTopicNames[static_cast<std::size_t>(topic)], log::TopicKind::user);
  if (made) ledger_.is_there(topic, made->id);
  // An event whose sync failed may have become durable after all.
  if (made || made.error().code != Errc::conflict) return made;
  found = find(topic);
  return found && *found ? Result<log::TopicInfo>(**found) : propagate(made);
}

/// Bytes without a pattern, so that they are stored as they are.
CrashEvent CrashProcess::next_event(CrashTopic topic, std::size_t bytes) const {
  const std::size_t number = ledger_.begun(topic);
  CrashEvent event{.number = static_cast<Micros>(number), .key = {}, .value = {}};
  if (topic == CrashTopic::events) event.key = fmt::format("k{}", number / 2 % kKeys);
  if (topic == CrashTopic::events && bytes != kRollBytes && number % kDeletionEvery == kDeletionEvery - 1) return event;
  std::string value = fmt::format("{}-{}-", kCrashTopicNames[static_cast<std::size_t>(topic)], number);
  std::minstd_rand random(static_cast<std::uint32_t>(number * kCrashTopics + static_cast<std::size_t>(topic) + 1));
  while (value.size() < bytes) value.push_back(static_cast<char>(random() >> 8U));
  event.value = std::move(value);
  return event;
}

Result<log::Appender*> CrashProcess::appender(CrashTopic of) {
  auto found = topic(of);
  if (!found) return propagate(found);
  Opened& known = appenders_[static_cast<std::size_t>(of)];
  if (known.appender && known.topic == found->id) return known.appender.get();
  auto made = directory_->appender(*found);
  if (!made) return propagate(made);
  known = {found->id, std::move(*made)};
  return known.appender.get();
}

Result<CrashProcess::Written> CrashProcess::write(CrashTopic topic, std::size_t bytes,
                                                  const log::AppendOptions& options) {
  auto to = appender(topic);
  if (!to) return propagate(to);
  const CrashEvent event = next_event(topic, bytes);
  const EventBatchBuilder batch = event.batch();
  const std::size_t number = ledger_.begin(topic, event);
  auto stamp = (*to)->write(batch.columns(), options);
  if (!stamp) {
    ledger_.fail(topic, number);
    return propagate(stamp);
  }
  ledger_.written(topic, number, *stamp);
  return Written{appenders_[static_cast<std::size_t>(topic)].topic, number, *stamp};
}

Result<void> CrashProcess::await(CrashTopic topic, const Written& written) {
  auto to = appender(topic);
  if (!to) return propagate(to);
  // A deletion that had failed may have come about since, and the topic been made anew.
  if (appenders_[static_cast<std::size_t>(topic)].topic != written.to)
    return fail(Errc::not_found, "the topic was deleted");
  auto durable = (*to)->await_durable(written.stamp);
  if (durable)
    ledger_.acknowledge(topic, written.number);
  else
    ledger_.fail(topic, written.number);
  return durable;
}

Result<void> CrashProcess::append(CrashTopic topic, std::size_t bytes, const log::AppendOptions& options) {
  auto written = write(topic, bytes, options);
  if (!written) return propagate(written);
  return await(topic, *written);
}

Result<void> CrashProcess::commit() {
  if (auto seen = read(); !seen) return propagate(seen);
  auto events = topic(CrashTopic::events);
  if (!events) return propagate(events);
  auto reader = directory_->ordered_reader(std::span(&*events, 1));
  if (!reader) return propagate(reader);
  auto bound = (*reader)->bound();
  if (!bound) return propagate(bound);
  Sequence through;
  for (;;) {
    auto batch = (*reader)->next(*bound);
    if (!batch) return propagate(batch);
    if (!*batch) break;
    through = (*batch)->sequence;
  }
  log::CommitBlock block;
  block.inputs = (*reader)->consumed();
  const log::CommitFrame frame{.block = &block, .through = through};
  return append(CrashTopic::view, next_bytes(CrashTopic::view),
                {.expected_end = {}, .owner_epoch = epoch_, .commit = frame});
}

Result<void> CrashProcess::write_only() {
  auto written = write(CrashTopic::events, next_bytes(CrashTopic::events), {});
  if (!written) return propagate(written);
  written_ = *written;
  return {};
}

Result<void> CrashProcess::await_written() {
  const std::optional<Written> last = std::exchange(written_, std::nullopt);
  return last ? await(CrashTopic::events, *last) : Result<void>{};
}

Result<void> CrashProcess::seal() {
  if (auto events = topic(CrashTopic::events); !events) return propagate(events);
  const log::Layout layout{setup_.root};
  auto sealed = log::seal_left_segments(seam_, layout.partition(kCrashTopicNames[0], 0));
  if (!sealed) return propagate(sealed);
  return {};
}

/// By the retention that is given.
Result<void> CrashProcess::trim(log::TopicInfo events, const log::Retention& retention) {
  events.retention = retention;
  auto catalog = directory_->catalog().read();
  if (!catalog) return propagate(catalog);
  auto trims = directory_->plan_retention(events);
  if (!trims) return propagate(trims);
  if (trims->empty()) return {};
  std::vector<Offset> starts;
  if (trims->front().leaves_active) {
    // What was left already goes first.
    log::TopicInfo left = events;
    left.retention = kLeftSegments;
    auto first = directory_->plan_retention(left);
    if (!first) return propagate(first);
    for (const log::Trim& trim : *first) starts.push_back(trim.end);
  }
  if (trims->front().takes_any()) starts.push_back(trims->front().end);
  ledger_.trimming(CrashTopic::events, starts);
  auto done = directory_->trim(events, *trims, catalog->end);
  if (!done) return propagate(done);
  if (!*done) return fail(Errc::conflict, "somebody else has appended to the catalog");
  // An event that was written before the plan was made, and made durable since, keeps its segment.
  FoundTopic now;
  if (auto read = read_topic(*directory_, kCrashTopicNames[0], now); !read) return read;
  ledger_.trimmed(CrashTopic::events, now.start);
  return {};
}

Result<void> CrashProcess::trim_left() {
  auto events = topic(CrashTopic::events);
  return events ? trim(*events, kLeftSegments) : propagate(events);
}

Result<void> CrashProcess::expire() {
  auto events = topic(CrashTopic::events);
  if (!events) return propagate(events);
  ledger_.setting_retention(CrashTopic::events);
  if (auto set = directory_->set_retention(*events, kExpired); !set) return set;
  ledger_.set_retention(CrashTopic::events);
  return trim(*events, kExpired);
}

Result<void> CrashProcess::finish_trims() {
  auto events = find(CrashTopic::events);
  if (!events) return propagate(events);
  return *events ? directory_->finish_trims(**events) : Result<void>{};
}

Result<std::uint32_t> CrashProcess::take_ownership() {
  auto view = appender(CrashTopic::view);
  if (!view) return propagate(view);
  ledger_.owning(CrashTopic::view);
  auto epoch = (*view)->take_ownership();
  if (epoch) ledger_.owned(CrashTopic::view, *epoch);
  return epoch;
}

/// Who owned it before may not write any more.
Result<void> CrashProcess::own() {
  auto epoch = take_ownership();
  if (!epoch) return propagate(epoch);
  epoch_ = *epoch;
  auto view = appender(CrashTopic::view);
  if (!view) return propagate(view);
  auto refused = (*view)->write(event_of("of a deposed owner").columns(),
                                {.expected_end = {}, .owner_epoch = *epoch - 1, .commit = {}});
  if (refused) return fail(Errc::conflict, "a deposed owner may write");
  return refused.error().code == Errc::conflict ? Result<void>{} : propagate(refused);
}

Result<void> CrashProcess::remove() {
  auto events = find(CrashTopic::events);
  if (!events) return propagate(events);
  if (!*events) return {};
  written_.reset();
  ledger_.removing(CrashTopic::events);
  if (auto removed = directory_->delete_topic(**events); !removed) return removed;
  ledger_.removed(CrashTopic::events);
  return {};
}

std::size_t CrashProcess::next_bytes(CrashTopic topic) const {
  return kValueBytes[ledger_.begun(topic) % kValueBytes.size()];
}

Result<void> CrashProcess::repack() {
  auto events = find(CrashTopic::events);
  if (!events) return propagate(events);
  if (!*events) return {};
  auto done = log::repack_partition(*directory_, **events, 0, {});
  return done ? Result<void>{} : propagate(done);
}

/// False: what a dead process had appended to the catalog, be it the topic's removal, has come about; decide again.
Result<bool> CrashProcess::try_compact() {
  auto catalog = directory_->catalog().read();
  if (!catalog) return propagate(catalog);
  auto before = read();
  if (!before) return propagate(before);
  const FoundTopic& events = (*before)[static_cast<std::size_t>(CrashTopic::events)];
  if (!events.id || events.frames.empty()) return true;
  auto topic = find(CrashTopic::events);
  if (!topic) return propagate(topic);
  // Now and then not all of it.
  const auto last = ledger_.begun(CrashTopic::events) % 3 == 0 ? events.frames.size() / 2 : events.frames.size() - 1;
  const Sequence horizon = events.frames[last].sequence;
  ledger_.compacting(CrashTopic::events, events, horizon);
  const log::Compaction compaction{horizon, judge_crash_events, catalog->end};
  auto done = log::repack_partition(*directory_, **topic, 0, {.compaction = &compaction});
  if (!done && done.error().code == Errc::not_found) return false;
  if (!done) return propagate(done);
  if (done->is_outdated) return false;
  FoundTopic after;
  if (auto read = read_topic(*directory_, kCrashTopicNames[0], after); !read) return propagate(read);
  ledger_.compacted(CrashTopic::events, after);
  return true;
}

Result<void> CrashProcess::compact() {
  for (int attempts = 0; attempts < 3; ++attempts) {
    auto done = try_compact();
    if (!done) return propagate(done);
    if (*done) return {};
  }
  return fail(Errc::conflict, "somebody else goes on appending to the catalog");
}

Result<void> CrashProcess::perform(Operation operation) {
  if (!directory_)
    if (auto opened = open(); !opened) return opened;
  switch (operation) {
    case Operation::append:
      return append(CrashTopic::events, next_bytes(CrashTopic::events), {});
    case Operation::roll:
      return append(CrashTopic::events, kRollBytes, {});
    case Operation::write:
      return write_only();
    case Operation::await:
      return await_written();
    case Operation::seal:
      return seal();
    case Operation::commit:
      return commit();
    case Operation::reopen:
      close();
      return open();
    case Operation::trim:
      return trim_left();
    case Operation::expire:
      return expire();
    case Operation::own:
      return own();
    case Operation::remove:
      return remove();
    case Operation::repack:
      return repack();
    case Operation::compact:
      return compact();
  }
  return {};
}

}  // namespace kappa::test
