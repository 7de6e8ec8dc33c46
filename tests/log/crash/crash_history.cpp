#include "crash_history.hpp"

#include <random>
#include <stdexcept>

#include "directory/layout.hpp"
#include "fmt/format.h"
#include "must.hpp"
#include "segment/seal.hpp"

namespace kappa::test {
namespace {

constexpr std::array<const char*, kOperations> kNames{"append", "write", "await", "roll", "seal", "commit", "reopen"};
// An event may lie in one sector or in several; one that rolls is larger than what is left of a segment.
constexpr std::array<std::size_t, 4> kValueBytes{60, 900, 300, 1400};
constexpr std::size_t kRollBytes = 7000;
constexpr std::uint64_t kSegmentBytes = log::kFirstFramePosition + 7168;

}  // namespace

std::string name_of(const Operations& operations) {
  std::string names;
  for (const Operation operation : operations)
    names += fmt::format("{}{}", names.empty() ? "" : " ", kNames[static_cast<std::size_t>(operation)]);
  return names;
}

Result<FoundFrames> read_frames(log::Directory& directory, const CrashSetup& setup) {
  FoundFrames found;
  for (std::size_t topic = 0; topic < kCrashTopics; ++topic) {
    auto reader = directory.reader(setup.topics[topic]);
    if (!reader) return propagate(reader);
    for (;;) {
      auto batch = (*reader)->next();
      if (!batch) return propagate(batch);
      if (!*batch) break;
      const auto& commit = (*reader)->info().commit;
      found[topic].push_back({digest_of(as_text((*batch)->columns.values[0])), (*batch)->sequence,
                              (*batch)->first_offset, commit ? commit->inputs[0].end : Offset{}});
    }
  }
  return found;
}

CrashSetup make_crash_setup(log::Seam& seam, Ledger& ledger, std::uint64_t mark_every_bytes) {
  CrashSetup setup;
  setup.protocol.segment_bytes = kSegmentBytes;
  setup.protocol.mark_every_bytes = mark_every_bytes;
  auto directory = must(log::open_directory(setup.root, {.create = true, .seam = &seam}, setup.protocol));
  for (std::size_t topic = 0; topic < kCrashTopics; ++topic)
    setup.topics[topic] = must(directory->create_topic(kCrashTopicNames[topic], log::TopicKind::user));
  directory.reset();
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
  for (auto& appender : appenders_) appender.reset();
  directory_.reset();
  written_.reset();
}

Result<FoundFrames> CrashProcess::read() {
  auto frames = read_frames(*directory_, setup_);
  if (frames) ledger_.seen(*frames);
  return frames;
}

/// Bytes without a pattern, so that they are stored as they are; all different.
std::string CrashProcess::next_value(CrashTopic topic, std::size_t bytes) const {
  const std::size_t number = ledger_.begun(topic);
  std::string value = fmt::format("{}-{}-", kCrashTopicNames[static_cast<std::size_t>(topic)], number);
  std::minstd_rand random(static_cast<std::uint32_t>(number * kCrashTopics + static_cast<std::size_t>(topic) + 1));
  while (value.size() < bytes) value.push_back(static_cast<char>(random() >> 8U));
  return value;
}

Result<log::Appender*> CrashProcess::appender(CrashTopic topic) {
  auto& known = appenders_[static_cast<std::size_t>(topic)];
  if (known) return known.get();
  auto made = directory_->appender(setup_.topics[static_cast<std::size_t>(topic)]);
  if (!made) return propagate(made);
  known = std::move(*made);
  return known.get();
}

Result<CrashProcess::Written> CrashProcess::write(CrashTopic topic, std::size_t bytes,
                                                  const log::AppendOptions& options) {
  auto to = appender(topic);
  if (!to) return propagate(to);
  const std::string value = next_value(topic, bytes);
  const std::size_t number = ledger_.begin(topic, value);
  auto stamp = (*to)->write(event_of(value).columns(), options);
  if (!stamp) {
    ledger_.fail(topic, number);
    return propagate(stamp);
  }
  ledger_.written(topic, number, *stamp);
  return Written{number, *stamp};
}

Result<void> CrashProcess::await(CrashTopic topic, const Written& written) {
  auto to = appender(topic);
  if (!to) return propagate(to);
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
  auto reader = directory_->ordered_reader(std::span(setup_.topics).first(1));
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
  const std::size_t bytes = kValueBytes[ledger_.begun(CrashTopic::view) % kValueBytes.size()];
  return append(CrashTopic::view, bytes, {.expected_end = {}, .owner_epoch = {}, .commit = frame});
}

Result<void> CrashProcess::perform(Operation operation) {
  const std::size_t bytes = kValueBytes[ledger_.begun(CrashTopic::events) % kValueBytes.size()];
  if (!directory_)
    if (auto opened = open(); !opened) return opened;
  switch (operation) {
    case Operation::append:
      return append(CrashTopic::events, bytes, {});
    case Operation::roll:
      return append(CrashTopic::events, kRollBytes, {});
    case Operation::write: {
      auto written = write(CrashTopic::events, bytes, {});
      if (!written) return propagate(written);
      written_ = *written;
      return {};
    }
    case Operation::await: {
      const std::optional<Written> last = std::exchange(written_, std::nullopt);
      return last ? await(CrashTopic::events, *last) : Result<void>{};
    }
    case Operation::seal: {
      const log::Layout layout{setup_.root};
      auto sealed = log::seal_left_segments(seam_, layout.partition(kCrashTopicNames[0], 0));
      if (!sealed) return propagate(sealed);
      return {};
    }
    case Operation::commit:
      return commit();
    case Operation::reopen:
      close();
      return open();
  }
  return {};
}

}  // namespace kappa::test
