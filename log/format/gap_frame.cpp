// A gap takes exactly the bytes of the frames that it stands for, so that everything behind it stays where it is and
// the chain goes on: the last of its frames names the hash that the next whole frame follows. The smallest frame there
// is has room for it, since all that it says has a place in the header; what else may have changed meanwhile (owner,
// log start) was changed by frames that had a field for it.
#include <algorithm>
#include <array>
#include <limits>

#include "format/hash.hpp"
#include "format/scan.hpp"

namespace kappa::log {
namespace {

std::uint64_t hash_of_zeros(std::uint64_t bytes) {
  static constexpr std::array<std::byte, 64 << 10> kZeros{};
  Hasher hasher;
  for (; bytes > kZeros.size(); bytes -= kZeros.size()) hasher.add(kZeros);
  hasher.add(Bytes(kZeros).first(static_cast<std::size_t>(bytes)));
  return hasher.finish();
}

/// Header and fields of one frame; all that is not about its body.
std::vector<std::byte> draft_head(const GapPlace& place, bool last, FrameHeader& header) {
  std::vector<std::byte> head(kFrameHeaderBytes);
  header.kind = FrameKind::gap;
  header.layout = BodyLayout::plain;
  if (!last) return head;
  const ChainPoint& from = place.from;
  const ChainPoint& to = place.to;
  header.offset_span = static_cast<std::uint32_t>(to.next_offset.value - from.next_offset.value);
  header.last_sequence = to.last_sequence;
  header.append_time = to.last_append_time;
  header.raw_hash = to.chain;
  if (to.owner_epoch != from.owner_epoch) put_owner_epoch_field(head, to.owner_epoch);
  if (to.log_start != from.log_start) put_log_start_field(head, to.log_start);
  return head;
}

bool is_possible(const GapPlace& place) {
  const ChainPoint& from = place.from;
  const ChainPoint& to = place.to;
  return to.position > from.position && to.next_offset >= from.next_offset &&
         to.next_offset.value - from.next_offset.value <= std::numeric_limits<std::uint32_t>::max() &&
         to.last_sequence > from.last_sequence && to.last_append_time >= from.last_append_time &&
         to.log_start >= from.log_start;
}

}  // namespace

std::vector<GapFrame> encode_gap(const GapPlace& place, std::uint64_t salt, Micros clock) {
  std::vector<GapFrame> frames;
  if (!is_possible(place)) return frames;
  constexpr std::uint64_t kMost = kFrameHeaderBytes + std::uint64_t{kGapRawBytesMax};
  constexpr std::uint64_t kHeadBytesMax = kFrameHeaderBytes + 2 * (sizeof(FieldHeader) + sizeof(StoredLogStart));
  ChainPoint at = place.from;
  while (at.position < place.to.position) {
    const std::uint64_t left = place.to.position.value - at.position.value;
    // What is left for the last one must not be less than its head.
    const bool last = left <= kMost;
    const std::uint64_t bytes = last ? left : std::min(kMost, left - kHeadBytesMax);
    FrameHeader header;
    header.sequence = header.last_sequence = at.last_sequence.plus(1);
    header.append_time = at.last_append_time;
    std::vector<std::byte> head = draft_head(place, last, header);
    if (bytes < head.size() || header.sequence > header.last_sequence) return {};
    if (!last && header.sequence >= place.to.last_sequence) return {};
    header.header_length = static_cast<std::uint32_t>(head.size());
    header.stored_length = header.raw_length = static_cast<std::uint32_t>(bytes - head.size());
    header.stored_hash = hash_of_zeros(header.stored_length);
    header.salt = salt;
    header.position = header.durable_position = at.position;
    header.base_offset = at.next_offset;
    header.unclamped_clock = clock;
    header.previous_hash = at.chain;
    store(head.data(), header);
    header.header_hash = hash_of(head);
    store(head.data() + offsetof(FrameHeader, header_hash), header.header_hash);
    frames.push_back({at.position, std::move(head)});
    at = after(at, {header, {}});
  }
  return frames;
}

}  // namespace kappa::log
