#include "sample.hpp"

#include "format/hash.hpp"
#include "kappa/base/headers.hpp"

namespace kappa::log::sample {

std::string header(std::string_view name, std::optional<std::string_view> value) {
  std::vector<std::byte> encoded;
  put_header(encoded, {name, value ? std::optional<Bytes>(as_bytes(*value)) : std::nullopt});
  return std::string(as_text(encoded));
}

void fill(EventBatchBuilder& builder, const std::vector<Event>& events) {
  builder.clear();
  const auto bytes = [](const std::optional<std::string>& text) {
    return text ? std::optional<Bytes>(as_bytes(*text)) : std::nullopt;
  };
  for (const Event& event : events)
    builder.add({event.timestamp, bytes(event.key), bytes(event.value), bytes(event.headers).value_or(Bytes{})});
}

std::vector<Event> events_of(const EventColumns& columns) {
  std::vector<Event> events;
  const auto text = [](const std::optional<Bytes>& bytes) {
    return bytes ? std::optional<std::string>(as_text(*bytes)) : std::nullopt;
  };
  for (std::size_t i = 0; i < columns.count; ++i)
    events.push_back(
        {text(columns.keys.get(i)), text(columns.values.get(i)), columns.timestamp(i), text(columns.headers.get(i))});
  return events;
}

ChainPoint first_point() {
  return {{kFirstFramePosition}, 0xC4A1, {7}, {41}, 1'000, 3, {2}};
}

FramePlace place_at(const ChainPoint& point) {
  FramePlace place;
  place.salt = kSalt;
  place.position = point.position;
  place.base_offset = point.next_offset;
  place.sequence = point.last_sequence.plus(1);
  place.append_time = point.last_append_time + 5;
  place.unclamped_clock = point.last_append_time + 4;
  place.durable_position = point.position;
  place.previous_hash = point.chain;
  return place;
}

namespace {

Image finished(const FrameDraft& draft, ChainPoint& point) {
  Image image = draft.head;
  const Bytes body = draft.body.padded();
  image.insert(image.end(), body.begin(), body.end());
  const auto head = read_head(image, point.position, kSalt);
  if (head) point = after(point, *head);
  return image;
}

Image image_at(FrameDraft& draft, ChainPoint& point) {
  seal_frame(draft, place_at(point));
  return finished(draft, point);
}

}  // namespace

Image data_frame(const std::vector<Event>& events, ChainPoint& point, CompressionLevel level,
                 const std::optional<CommitFrame>& commit) {
  EventBatchBuilder builder;
  fill(builder, events);
  FrameDraft draft;
  if (!draft_data_frame(builder.columns(), {.commit = commit}, level, draft)) return {};
  return image_at(draft, point);
}

Image repacked_frame(const std::vector<std::vector<Event>>& appends, ChainPoint& point) {
  Remains all;
  for (const std::vector<Event>& events : appends) all.emplace_back(events.begin(), events.end());
  return compacted_frame(all, point);
}

Image compacted_frame(const Remains& appends, ChainPoint& point, const std::optional<ProducerMark>& producer) {
  std::vector<Event> all;
  std::vector<Offset> offsets;
  std::vector<StoredOrigin> origins;
  Sequence sequence = point.last_sequence.plus(1);
  Micros append_time = point.last_append_time + 5;
  Offset offset = point.next_offset;
  for (const auto& events : appends) {
    const std::size_t before = all.size();
    for (const std::optional<Event>& event : events) {
      if (event) all.push_back(*event), offsets.push_back(offset);
      offset = offset.plus(1);
    }
    origins.push_back({sequence, append_time, static_cast<std::uint32_t>(all.size() - before),
                       static_cast<std::uint32_t>(events.size())});
    sequence = sequence.plus(2);
    append_time += 10;
  }
  EventBatchBuilder builder;
  fill(builder, all);
  FrameDraft draft;
  const auto drafted = draft_repacked_frame({builder.columns(), origins, offsets, point.next_offset, kSalt, producer},
                                            CompressionLevel::fast, draft);
  if (!drafted) return {};
  replace_frame(draft.head, point.position, point.chain);
  return finished(draft, point);
}

Image owner_epoch_frame(std::uint32_t epoch, ChainPoint& point) {
  FrameDraft draft;
  draft_owner_epoch_frame(epoch, draft);
  return image_at(draft, point);
}

Image log_start_frame(Offset log_start, ChainPoint& point) {
  FrameDraft draft;
  draft_log_start_frame(log_start, draft);
  return image_at(draft, point);
}

std::vector<Event> two_events() {
  return {{"alpha", "{\"n\":1}", 2'000, header("op", "insert") + header("op", "insert")},
          {std::nullopt, "", kNoTimestamp, std::nullopt}};
}

Image with_header(Image frame, const std::function<void(FrameHeader&)>& change) {
  auto header = load<FrameHeader>(frame.data());
  change(header);
  header.header_hash = 0;
  store(frame.data(), header);
  const std::uint64_t hash = hash_of(Bytes(frame).first(load<FrameHeader>(frame.data()).header_length));
  store(frame.data() + offsetof(FrameHeader, header_hash), hash);
  return frame;
}

Image with_parts(const FrameHeader& header, Bytes extension, Bytes body, Bytes raw) {
  FrameHeader changed = header;
  changed.header_length = kFrameHeaderBytes + static_cast<std::uint32_t>(extension.size());
  changed.stored_length = static_cast<std::uint32_t>(body.size());
  changed.stored_hash = hash_of(body);
  if (!raw.empty()) changed.raw_hash = hash_of(raw), changed.raw_length = static_cast<std::uint32_t>(raw.size());
  Image frame;
  put(frame, changed);
  frame.insert(frame.end(), extension.begin(), extension.end());
  frame.insert(frame.end(), body.begin(), body.end());
  frame.resize(changed.frame_bytes());
  return with_header(frame, [](FrameHeader&) {});
}

}  // namespace kappa::log::sample
