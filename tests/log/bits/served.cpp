#include "served.hpp"

#include "fmt/format.h"
#include "format/hash.hpp"

namespace kappa::test {
namespace {

class Digest {
 public:
  template <typename Value>
  void add(const Value& value) {
    hasher_.add(log::image_of(value));
  }
  void add(std::optional<Bytes> bytes) {
    add(bytes.has_value());
    if (!bytes) return;
    add(bytes->size());
    hasher_.add(*bytes);
  }
  [[nodiscard]] std::uint64_t finish() const { return hasher_.finish(); }

 private:
  log::Hasher hasher_;
};

void add(Digest& digest, const EventColumns& columns) {
  digest.add(columns.count);
  for (std::size_t i = 0; i < columns.count; ++i) {
    digest.add(columns.timestamp(i));
    digest.add(columns.keys.get(i));
    digest.add(columns.values.get(i));
    digest.add(columns.headers.get(i));
  }
}

void add(Digest& digest, const log::FrameInfo& info) {
  digest.add(info.through.value);
  digest.add(info.group_begin);
  digest.add(info.group_end);
  if (info.producer) {
    digest.add(info.producer->producer);
    digest.add(info.producer->through);
    digest.add(info.producer->digest);
  }
  if (!info.commit) return;
  digest.add(info.commit->version);
  digest.add(info.commit->epoch);
  digest.add(info.commit->from.value);
  digest.add(info.commit->fingerprint.low);
  for (const log::ConsumedInput& input : info.commit->inputs) {
    digest.add(input.topic.words);
    digest.add(input.end.value);
  }
}

ServedBatch served(const EventBatch& batch, const log::FrameInfo& info) {
  Digest digest;
  digest.add(batch.sequence.value);
  digest.add(batch.append_time);
  digest.add(batch.first_offset.value);
  add(digest, batch.columns);
  add(digest, info);
  return {batch.first_offset, digest.finish()};
}

}  // namespace

Result<std::vector<ServedBatch>> read_all(log::Directory& directory, const log::TopicInfo& topic) {
  auto reader = directory.reader(topic);
  if (!reader) return propagate(reader);
  std::vector<ServedBatch> all;
  for (;;) {
    auto batch = (*reader)->next();
    if (!batch) return propagate(batch);
    if (!*batch) return all;
    all.push_back(served(**batch, (*reader)->info()));
  }
}

Reading read_between(log::Directory& directory, const log::TopicInfo& topic, const std::vector<ServedBatch>& whole,
                     std::size_t from, std::size_t to) {
  Reading reading;
  auto reader = directory.reader(topic);
  if (!reader) return reading.error = reader.error(), reading;
  if (from > 0)
    if (auto sought = (*reader)->seek(whole[from].first); !sought) return reading.error = sought.error(), reading;
  for (std::size_t i = from; i <= to; ++i) {
    if (i == to && to < whole.size()) return reading;
    auto batch = (*reader)->next();
    if (!batch) return reading.error = batch.error(), reading;
    if (i == to) {
      if (*batch) reading.wrong = fmt::format("a batch behind the last, at offset {}", (*batch)->first_offset.value);
      return reading;
    }
    if (!*batch) return reading.ended = true, reading;
    if (served(**batch, (*reader)->info()) != whole[i])
      return reading.wrong = fmt::format("another batch {} at offset {}", i, (*batch)->first_offset.value), reading;
    ++reading.served;
  }
  return reading;
}

}  // namespace kappa::test
