#include <fmt/format.h>

#include <algorithm>

#include "format/bitmap.hpp"
#include "format/frame.hpp"
#include "format/hash.hpp"
#include "format/origins.hpp"
#include "kappa/base/assert.hpp"

// Writing a frame in two steps. Compression and the hashes of the body take milliseconds and happen outside every
// lock; position, offset, sequence and time are drawn under the partition's lock and change the header only, so what
// is left to do there is to fill in some fields and to hash a few hundred bytes.

namespace kappa::log {
namespace {

/// Puts the header of a drafted body before the extension area that `to.head` already holds.
void finish_draft(FrameKind kind, FrameDraft& to, FrameHeader header) {
  header.kind = kind;
  header.layout = to.body.layout;
  header.header_length = static_cast<std::uint32_t>(to.head.size());
  header.stored_length = to.body.stored_length;
  header.raw_length = to.body.raw_length;
  header.event_count = to.body.event_count;
  header.stored_hash = to.body.stored_hash;
  header.raw_hash = to.body.raw_hash;
  store(to.head.data(), header);
}

/// The event times as readers see them: an event without a timestamp has its append time.
void set_event_times(const EncodedBody& body, FrameHeader& header) {
  header.min_event_time = body.min_given_time;
  header.max_event_time = body.max_given_time;
  if (!body.some_without_timestamp) return;
  const bool none_given = body.min_given_time == kNoTimestamp;
  header.min_event_time = none_given ? header.append_time : std::min(body.min_given_time, header.append_time);
  header.max_event_time = none_given ? header.append_time : std::max(body.max_given_time, header.append_time);
}

std::vector<std::byte> present_offsets(const RepackedEvents& events, std::uint64_t span) {
  std::vector<std::byte> bitmap(bitmap_bytes(span));
  for (const Offset offset : events.offsets) set_bit(bitmap, offset.value - events.first.value);
  return bitmap;
}

Result<void> check_producer(const ProducerMark& mark, const EventColumns& columns, bool is_commit) {
  if (!is_commit && mark.producer != 0 && mark.through >= columns.count) return {};
  return fail(Errc::usage, fmt::format("a producer's mark through {} in a frame of {} events{}", mark.through,
                                       columns.count, is_commit ? " of a commit" : ""));
}

Result<void> check_commit(const CommitFrame& commit) {
  const std::uint64_t bytes = sizeof(FieldHeader) + sizeof(StoredCommitBlock) +
                              (commit.ends ? commit.block->inputs.size() : 0) * sizeof(StoredInput);
  if (bytes > kExtensionBytesMax)
    return fail(Errc::bad_input,
                fmt::format("a commit with {} inputs: {} bytes, at most {} are allowed", commit.block->inputs.size(),
                            bytes, kExtensionBytesMax),
                "let the view read fewer partitions");
  if (commit.block->is_switch)
    return fail(Errc::conflict, "the switching commit of a deploy is not supported by this version");
  return {};
}

}  // namespace

Result<void> draft_data_frame(const EventColumns& columns, const FrameAdditions& additions, CompressionLevel level,
                              FrameDraft& to) {
  const std::optional<CommitFrame>& commit = additions.commit;
  if (columns.count == 0 && !commit)
    return fail(Errc::bad_input, "nothing to append: no events and no commit", "append at least one event");
  if (auto encoded = encode_body(columns, level, to.body); !encoded) return encoded;
  FrameHeader header;
  to.head.assign(kFrameHeaderBytes, std::byte{0});
  if (commit) {
    if (auto checked = check_commit(*commit); !checked) return checked;
    put_commit_field(to.head, *commit);
    header.consumed_through = commit->through;
    header.flags = (commit->begins ? kFlagGroupBegin : 0) | (commit->ends ? kFlagGroupEnd : 0);
  }
  if (additions.producer) {
    if (auto checked = check_producer(*additions.producer, columns, commit.has_value()); !checked) return checked;
    put_producer_field(to.head, {additions.producer->through, additions.producer->digest});
    header.producer_id = additions.producer->producer;
  }
  header.offset_span = to.body.event_count;
  finish_draft(FrameKind::data, to, header);
  return {};
}

void draft_owner_epoch_frame(std::uint32_t epoch, FrameDraft& to) {
  encode_empty_body(to.body);
  to.head.assign(kFrameHeaderBytes, std::byte{0});
  put_owner_epoch_field(to.head, epoch);
  finish_draft(FrameKind::owner_epoch, to, FrameHeader{});
}

void draft_log_start_frame(Offset log_start, FrameDraft& to) {
  encode_empty_body(to.body);
  to.head.assign(kFrameHeaderBytes, std::byte{0});
  put_log_start_field(to.head, log_start);
  finish_draft(FrameKind::log_start, to, FrameHeader{});
}

Result<void> draft_repacked_frame(const RepackedEvents& events, CompressionLevel level, FrameDraft& to) {
  const std::span<const StoredOrigin> origins = events.origins;
  KAPPA_ASSERT(!origins.empty() && origins.size() <= kFrameOriginsMax, "a repacked frame has a number of origins");
  KAPPA_ASSERT(!events.producer || origins.size() == 1, "a producer's frame stands for one append");
  std::uint64_t count = 0;
  std::uint64_t span = 0;
  for (const StoredOrigin& origin : origins) count += origin.event_count, span += origin.offset_span;
  KAPPA_ASSERT(count == events.columns.count, "origins are all events of their frame");
  if (auto encoded = encode_body(events.columns, level, to.body); !encoded) return encoded;
  to.head.assign(kFrameHeaderBytes, std::byte{0});
  FrameHeader header;
  header.offset_span = static_cast<std::uint32_t>(span);
  if (origins.size() > 1) {
    header.flags |= kFlagOrigins;
    put_origins_field(to.head, origins);
  }
  if (count != 0 && count != span) {
    header.flags |= kFlagHoles;
    put_present_offsets_field(to.head, present_offsets(events, span));
  }
  if (events.producer) {
    header.producer_id = events.producer->producer;
    put_producer_field(to.head, {events.producer->through, events.producer->digest});
  }
  header.salt = events.salt;
  header.base_offset = events.first;
  header.sequence = origins.front().sequence;
  header.last_sequence = origins.back().sequence;
  header.append_time = header.unclamped_clock = origins.front().append_time;
  const EventTimes times = event_times(events.columns, origins);
  header.min_event_time = times.least;
  header.max_event_time = times.greatest;
  finish_draft(FrameKind::data, to, header);
  return {};
}

FrameHeader replace_frame(std::span<std::byte> head, Position position, std::uint64_t previous_hash) {
  auto header = load<FrameHeader>(head.data());
  // The file is durable as a whole before it gets its name.
  header.position = header.durable_position = position;
  header.previous_hash = previous_hash;
  // Of a gap it is the hash that the next frame follows, if that is another than the gap's own.
  if (header.kind == FrameKind::gap) header.raw_hash = 0;
  header.header_hash = 0;
  store(head.data(), header);
  header.header_hash = hash_of(head);
  store(head.data() + offsetof(FrameHeader, header_hash), header.header_hash);
  return header;
}

FrameHeader seal_frame(FrameDraft& draft, const FramePlace& place) {
  KAPPA_ASSERT(draft.head.size() >= kFrameHeaderBytes, "a frame is drafted before it is sealed");
  auto header = load<FrameHeader>(draft.head.data());
  header.salt = place.salt;
  header.position = place.position;
  header.base_offset = place.base_offset;
  header.sequence = header.last_sequence = place.sequence;
  header.append_time = place.append_time;
  header.unclamped_clock = place.unclamped_clock;
  header.durable_position = place.durable_position;
  header.previous_hash = place.previous_hash;
  header.header_hash = 0;
  set_event_times(draft.body, header);
  store(draft.head.data(), header);
  header.header_hash = hash_of(draft.head);
  store(draft.head.data() + offsetof(FrameHeader, header_hash), header.header_hash);
  return header;
}

}  // namespace kappa::log
