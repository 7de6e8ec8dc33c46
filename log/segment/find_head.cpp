#include "segment/find_head.hpp"

#include <algorithm>
#include <vector>

#include "format/footer.hpp"
#include "format/hash.hpp"
#include "segment/seal.hpp"

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

Result<std::optional<FrameHeader>> find_any_head(Seam& seam, const SegmentFile& segment, Position from,
                                                 const ChainPoint& after, std::uint64_t limit) {
  std::vector<std::byte> window(kWindowBytes);
  for (std::uint64_t at = from.value + kFrameAlignment; at < limit; at += kWindowBytes - kOverlapBytes) {
    auto got = seam.read(segment.file, at, std::span(window).first(std::min<std::uint64_t>(kWindowBytes, limit - at)));
    if (!got) return propagate(got);
    if (const auto found = head_in(Bytes(window).first(*got), at, segment, after)) return found;
    if (*got < kWindowBytes) break;
  }
  return std::nullopt;
}

/// The footer has this place: as the end, or as one of its index.
bool knows(const Footer& footer, const ChainPoint& place) {
  if (place.position == footer.header.end) return place.chain == footer.header.chain;
  const auto entry = std::ranges::lower_bound(footer.index, place.position, {}, &IndexEntry::position);
  return entry != footer.index.end() && entry->position == place.position && entry->previous_hash == place.chain;
}

/// In a segment that was written anew, a lost write may have left frames of the file before, under the same salt; and
/// from them no chain leads to a place that the footer knows.
Result<bool> leads_to(const Footer& footer, Seam& seam, const SegmentFile& segment, ChainPoint place) {
  std::vector<std::byte> bytes(kOverlapBytes);
  while (!knows(footer, place)) {
    if (place.position >= footer.header.end) return false;
    auto got = seam.read(segment.file, place.position.value, bytes);
    if (!got) return propagate(got);
    const auto head = read_head(Bytes(bytes).first(*got), place.position, segment.salt());
    if (!head || head->header.previous_hash != place.chain) return false;
    place = after(place, *head);
  }
  return true;
}

}  // namespace

Result<std::optional<FrameHeader>> find_head(Seam& seam, const SegmentFile& segment, const ChainPoint& after,
                                             std::uint64_t limit) {
  auto footer = read_footer(seam, segment.file, segment.salt());
  if (!footer) return propagate(footer);
  const bool is_first_form = !*footer || (*footer)->header.rewriting == 0;
  for (Position from = after.position;;) {
    auto found = find_any_head(seam, segment, from, after, limit);
    if (!found || !*found || is_first_form) return found;
    auto own = leads_to(**footer, seam, segment, place_of(**found, after));
    if (!own) return propagate(own);
    if (*own) return found;
    from = (*found)->position;
  }
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
