#include "segment/find_head.hpp"

#include <algorithm>
#include <vector>

#include "format/hash.hpp"

namespace kappa::log {
namespace {

constexpr std::size_t kWindowBytes = 1 << 20;
/// Windows overlap by this, so that a header that lies across two of them is whole in one.
constexpr std::size_t kOverlapBytes = kFrameHeaderBytes + kExtensionBytesMax;

std::optional<FrameHeader> head_in(Bytes bytes, std::uint64_t position, const SegmentFile& segment,
                                   const ChainPoint& after) {
  for (std::size_t at = 0; at + kFrameHeaderBytes <= bytes.size(); at += kFrameAlignment) {
    if (load<std::uint32_t>(bytes.data() + at) != kFrameMagic) continue;
    const auto head = read_head(bytes.subspan(at), {position + at}, segment.salt());
    if (head && head->header.base_offset >= after.next_offset && head->header.sequence > after.last_sequence)
      return head->header;
  }
  return std::nullopt;
}

}  // namespace

Result<std::optional<FrameHeader>> find_head(Seam& seam, const SegmentFile& segment, const ChainPoint& after,
                                             std::uint64_t limit) {
  std::vector<std::byte> window(kWindowBytes);
  for (std::uint64_t at = after.position.value + kFrameAlignment; at < limit; at += kWindowBytes - kOverlapBytes) {
    auto got = seam.read(segment.file, at, std::span(window).first(std::min<std::uint64_t>(kWindowBytes, limit - at)));
    if (!got) return propagate(got);
    if (const auto found = head_in(Bytes(window).first(*got), at, segment, after)) return found;
    if (*got < kWindowBytes) break;
  }
  return std::nullopt;
}

ChainPoint place_of(const FrameHeader& header, const ChainPoint& before) {
  ChainPoint place = before;
  place.position = header.position;
  place.chain = header.previous_hash;
  place.next_offset = header.base_offset;
  place.last_sequence = {header.sequence.value - 1};
  place.last_append_time = header.append_time;
  return place;
}

}  // namespace kappa::log
