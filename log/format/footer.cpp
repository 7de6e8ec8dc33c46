#include "format/footer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "format/hash.hpp"

// A footer makes a sealed segment searchable without a scan. It is gathered from frame headers alone: the chain's last
// hash covers every header, and each header covers the hash of its body, so it stands for the whole segment. It is
// found from the file's end, where the tail says how long it is.

namespace kappa::log {
namespace {

void widen(Micros least, Micros greatest, FooterHeader& to) {
  if (least == kNoTimestamp) return;
  to.min_event_time = to.min_event_time == kNoTimestamp ? least : std::min(to.min_event_time, least);
  to.max_event_time = std::max(to.max_event_time, greatest);
}

Checked<void> check_header(const FooterHeader& header, Position position, std::uint64_t salt) {
  const std::uint64_t at = position.value;
  if (header.magic != kFooterMagic)
    return damaged(at, fmt::format("no footer (magic {:016x}, expected {:016x})", header.magic, kFooterMagic));
  if (header.version != kFooterVersion) return unsupported(at, fmt::format("footer of version {}", header.version));
  if (header.salt != salt)
    return damaged(at, fmt::format("footer of another segment (salt {:016x}, expected {:016x})", header.salt, salt));
  if (header.end != position) return damaged(at, fmt::format("footer that belongs at byte {}", header.end.value));
  return {};
}

Checked<void> check_index(const std::vector<IndexEntry>& index, Position end) {
  std::uint64_t least = kFirstFramePosition;
  for (const IndexEntry& entry : index) {
    const std::uint64_t position = entry.position.value;
    if (position < least || position >= end.value || position % kFrameAlignment != 0)
      return damaged(end.value, fmt::format("footer whose index names position {} out of order", position));
    least = position + 1;
  }
  return {};
}

}  // namespace

FooterBuilder::FooterBuilder(const SegmentStart& start)
    : point_(start.chain()), next_index_position_(kFirstFramePosition) {
  footer_.header.salt = start.header.salt;
  footer_.header.base_offset = start.header.base_offset;
  footer_.header.rewriting = start.header.rewriting;
}

void FooterBuilder::add(const FrameHead& frame) {
  const FrameHeader& header = frame.header;
  FooterHeader& sum = footer_.header;
  if (header.position.value >= next_index_position_) {
    footer_.index.push_back(
        {header.position, header.base_offset, header.sequence, header.append_time, header.previous_hash});
    next_index_position_ = (header.position.value / kIndexEveryBytes + 1) * kIndexEveryBytes;
  }
  if (sum.frame_count == 0) {
    sum.first_sequence = header.sequence;
    sum.first_append_time = header.append_time;
  }
  ++sum.frame_count;
  sum.event_count += header.event_count;
  sum.raw_bytes += header.raw_length;
  sum.last_sequence = header.last_sequence;
  sum.last_append_time = frame.last_append_time();
  widen(header.min_event_time, header.max_event_time, sum);
  point_ = after(point_, frame);
}

Footer FooterBuilder::finish(const std::optional<FooterHeader>& replaced) const {
  Footer footer = footer_;
  FooterHeader& header = footer.header;
  header.index_count = static_cast<std::uint32_t>(footer.index.size());
  header.end = header.original_end = point_.position;
  header.chain = header.original_chain = point_.chain;
  header.end_offset = point_.next_offset;
  header.owner_epoch = point_.owner_epoch;
  if (!replaced) return footer;
  header.original_end = replaced->original_end;
  header.original_chain = replaced->original_chain;
  header.end_offset = replaced->end_offset;
  header.last_sequence = replaced->last_sequence;
  header.last_append_time = replaced->last_append_time;
  header.owner_epoch = replaced->owner_epoch;
  return footer;
}

std::vector<std::byte> encode_footer(const Footer& footer) {
  std::vector<std::byte> bytes;
  put(bytes, footer.header);
  for (const IndexEntry& entry : footer.index) put(bytes, entry);
  FooterTail tail;
  tail.footer_bytes = static_cast<std::uint32_t>(bytes.size()) + kFooterTailBytes;
  put(bytes, tail.footer_bytes);
  put(bytes, tail.magic);
  put(bytes, hash_of(bytes));
  return bytes;
}

Checked<std::uint32_t> decode_footer_tail(Bytes tail_bytes, std::uint64_t file_bytes) {
  const std::uint64_t at = file_bytes - std::min<std::uint64_t>(file_bytes, kFooterTailBytes);
  if (tail_bytes.size() < kFooterTailBytes) return cut(at, kFooterTailBytes);
  const auto tail = load<FooterTail>(tail_bytes.data());
  if (tail.magic != kFooterTailMagic) return damaged(at, "no footer at the end of the segment");
  constexpr std::uint32_t kLeast = kFooterHeaderBytes + kFooterTailBytes;
  if (tail.footer_bytes < kLeast || (tail.footer_bytes - kLeast) % kIndexEntryBytes != 0 ||
      tail.footer_bytes + kFirstFramePosition > file_bytes)
    return damaged(at, fmt::format("footer of {} bytes in a file of {}", tail.footer_bytes, file_bytes));
  return tail.footer_bytes;
}

Checked<Footer> decode_footer(Bytes bytes, Position position, std::uint64_t salt) {
  const std::uint64_t at = position.value;
  if (bytes.size() < kFooterHeaderBytes + kFooterTailBytes) return cut(at, kFooterHeaderBytes + kFooterTailBytes);
  const auto tail = load<FooterTail>(bytes.data() + bytes.size() - kFooterTailBytes);
  const std::uint64_t actual = hash_of(bytes.first(bytes.size() - sizeof tail.hash));
  if (tail.magic != kFooterTailMagic || tail.footer_bytes != bytes.size() || tail.hash != actual)
    return damaged(at, fmt::format("footer with hash {:016x}, expected {:016x}", actual, tail.hash));
  Footer footer;
  footer.header = load<FooterHeader>(bytes.data());
  if (auto checked = check_header(footer.header, position, salt); !checked) return pass_on(checked);
  const std::uint64_t expected =
      kFooterHeaderBytes + std::uint64_t{footer.header.index_count} * kIndexEntryBytes + kFooterTailBytes;
  if (bytes.size() != expected)
    return damaged(at, fmt::format("footer of {} bytes, expected {}", bytes.size(), expected));
  footer.index.reserve(footer.header.index_count);
  for (std::size_t i = 0; i < footer.header.index_count; ++i)
    footer.index.push_back(load<IndexEntry>(bytes.data() + kFooterHeaderBytes + i * kIndexEntryBytes));
  if (auto checked = check_index(footer.index, position); !checked) return pass_on(checked);
  return footer;
}

}  // namespace kappa::log
