#include "mixed_log.hpp"

#include "disk_seam.hpp"
#include "kappa/base/headers.hpp"
#include "kappa/log/repack.hpp"
#include "kappa/log/repair.hpp"
#include "must.hpp"
#include "protocol/frame_window.hpp"
#include "protocol/tail.hpp"
#include "segment/seal.hpp"

namespace kappa::test {
namespace {

constexpr std::uint64_t kSmallSegment = 20'000;
constexpr std::size_t kInputEvents = 5;
constexpr std::uint64_t kProducer = 77;

std::string directory_of(const char* topic) {
  return log::Layout{MixedLog::kRoot}.partition(topic, 0);
}

std::unique_ptr<log::Directory> open(log::Seam& seam, const log::ProtocolOptions& protocol) {
  return must(log::open_directory(MixedLog::kRoot, {.create = true, .seam = &seam}, protocol));
}

log::TopicInfo topic_of(log::Directory& directory, const char* name) {
  return must(directory.catalog().find_topic(name)).value();
}

void append(log::Appender& appender, const EventBatchBuilder& events, const log::AppendOptions& options = {}) {
  static_cast<void>(must(appender.append(events.columns(), options)));
}

/// Turns a bit where it does not come back by itself.
void rot(log::Seam& seam, const std::string& path, std::uint64_t position) {
  const log::File file = must(seam.open(path, log::OpenMode::write));
  std::array<std::byte, 1> byte{};
  static_cast<void>(must(seam.read(file, position, byte)));
  byte[0] ^= std::byte{4};
  const Bytes parts[] = {byte};
  if (!seam.write(file, position, parts) || !seam.sync(file)) throw std::runtime_error("the disk cannot be damaged");
}

}  // namespace

std::vector<PlacedFrame> frames_of(log::Seam& seam, const std::string& path) {
  auto segment = must(log::open_segment_file(seam, path, log::Access::read_only));
  const std::uint64_t size = must(seam.size(segment->file));
  std::vector<PlacedFrame> frames;
  log::FrameWindow window(seam, segment);
  for (log::ChainPoint point = segment->start.chain();;) {
    const auto head = must(window.head(point, size));
    if (!head) return frames;
    const std::size_t origins = std::max<std::size_t>(1, head->extension.origins.size());
    frames.push_back({head->header, head->header.kind == log::FrameKind::data ? origins : 0});
    point = after(point, *head);
  }
}

MixedLog::MixedLog(const Sizes& sizes) {
  CrashDisk disk;
  DiskSeam seam(disk);
  fill_small(seam);
  // Two marks, and none behind them: the newest segment's last frames have only each other's word.
  protocol_.mark_every_bytes = sizes.newest * 12 / 25;
  fill(seam, disk, sizes);
  static_cast<void>(must(log::seal_left_segments(seam, directory_of(kTopic))));
  closed_ = without_power(disk);
  repack(closed_.after_kill());
}

/// What a loss of power leaves if it takes nothing with it.
CrashDisk MixedLog::without_power(CrashDisk& disk) {
  disk.settle_store();
  const CrashImages images(disk);
  return images.image(images.first(images.units(), PageImage::device), random_);
}

std::string MixedLog::text(std::size_t bytes) {
  std::string text(bytes, '\0');
  for (char& byte : text) byte = static_cast<char>(random_());
  return text;
}

void MixedLog::fill_small(log::Seam& seam) {
  log::ProtocolOptions small;
  small.segment_bytes = kSmallSegment;
  const auto directory = open(seam, small);
  const log::TopicInfo input = must(directory->create_topic("in", log::TopicKind::user));
  input_ = input.id;
  const auto inputs = must(directory->appender(input));
  for (std::size_t i = 0; i < kInputEvents; ++i) append(*inputs, event_of("input " + std::to_string(i)));
  const log::TopicInfo info = must(directory->create_topic(kTopic, log::TopicKind::user));
  const auto appender = must(directory->appender(info));
  for (int i = 0; i < 60; ++i) append(*appender, event_of(text(700)));
  const std::uint64_t bytes = must(directory->status(info, 0)).bytes;
  if (!directory->set_retention(info, {.age = {}, .bytes = bytes / 2})) throw std::runtime_error("no retention");
  const log::TopicInfo kept = topic_of(*directory, kTopic);
  const Offset end = must(directory->catalog().read()).end;
  if (!must(directory->trim(kept, must(directory->plan_retention(kept)), end)))
    throw std::runtime_error("nothing is trimmed");
}

/// One of each kind of append; small ones among them, so that repacking is worth it.
void MixedLog::append_round(log::Appender& appender, std::uint32_t epoch) {
  for (int i = 0; i < 4; ++i) append(appender, event_of(text(80 + random_() % 200)));
  EventBatchBuilder alike;
  for (int i = 0; i < 40; ++i) alike.add({.value = as_bytes("{\"name\":\"a value that compresses well\",\"n\":1}")});
  append(appender, alike);
  const std::string key = text(20);
  const std::string value = text(6000);
  std::vector<std::byte> headers;
  put_header(headers, {"op", as_bytes("insert")});
  EventBatchBuilder whole;
  whole.add({static_cast<Micros>(random_() % 1'000'000), as_bytes(key), as_bytes(value), headers});
  whole.add({kNoTimestamp, as_bytes(key), std::nullopt, {}});
  append(appender, whole);
  log::CommitBlock block;
  block.epoch = epoch;
  block.inputs = {{input_, 0, {kInputEvents}}};
  append(appender, event_of(text(300)), {.expected_end = {}, .owner_epoch = epoch, .commit = {{&block, {3}}}});
  EventBatchBuilder numbered;
  const std::string part = text(500);
  for (int i = 0; i < 5; ++i) numbered.add({.value = as_bytes(part)});
  append(appender, numbered,
         {.expected_end = {}, .owner_epoch = {}, .commit = {}, .producer = log::ProducerMark{kProducer, 5, 1}});
}

void MixedLog::fill(log::Seam& seam, CrashDisk& disk, const Sizes& sizes) {
  const std::string partition = directory_of(kTopic);
  const auto newest = [&] { return must(log::list_segments(seam, partition)).back(); };
  const auto bytes = [&] {
    return must(log::read_tail(seam, partition, log::Access::read_only)).end.position.value - log::kFirstFramePosition;
  };
  const auto append_until = [&](auto done) {
    const auto directory = open(seam, protocol_);
    const auto appender = must(directory->appender(topic_of(*directory, kTopic)));
    const std::uint32_t epoch = must(appender->take_ownership());
    while (!done()) append_round(*appender, epoch);
    killed_ = without_power(disk);
  };
  const Offset left = newest();
  protocol_.segment_bytes = log::kFirstFramePosition + sizes.left;
  append_until([&] { return newest() != left; });
  protocol_.segment_bytes += sizes.newest;
  append_until([&] { return bytes() >= sizes.newest; });
  left_ = log::segment_path(partition, left);
  newest_ = log::segment_path(partition, newest());
}

void MixedLog::repack(CrashDisk disk) {
  DiskSeam seam(disk);
  {
    const auto directory = open(seam, protocol_);
    if (must(log::repack_partition(*directory, topic_of(*directory, kTopic), 0, {})).repacked == 0)
      throw std::runtime_error("nothing is repacked");
  }
  const auto frames = frames_of(seam, left_);
  rot(seam, left_, frames[frames.size() / 2].begin() + 210);
  const auto repaired = must(log::repair(kRoot, std::nullopt, {.mode = log::RepairMode::apply, .seam = &seam}));
  if (repaired.gaps.size() != 1) throw std::runtime_error("no gap is made");
  static_cast<void>(open(seam, protocol_));
  repacked_ = without_power(disk);
}

}  // namespace kappa::test
