// The first frame names the hash of the header: where that frame is whole, it proves that the header was this one, to
// the last byte.
#include "backup/rebuilt_header.hpp"

#include <algorithm>

#include "format/hash.hpp"
#include "protocol/frame_window.hpp"
#include "segment/replace.hpp"
#include "segment/seal.hpp"

namespace kappa::log {
namespace {

constexpr std::size_t kLookBytes = 1 << 20;

/// How a segment ends for its successor; nullopt where it is damaged.
Result<std::optional<ChainPoint>> end_of(Seam& seam, const SharedSegment& segment) {
  auto footer = read_footer(seam, segment->file, segment->salt());
  if (!footer) return propagate(footer);
  auto size = seam.size(segment->file);
  if (!size) return propagate(size);
  const std::uint64_t limit = *footer ? (*footer)->header.end.value : *size;
  FrameWindow window(seam, segment);
  ChainPoint point = segment->start.chain();
  while (point.position.value < limit) {
    auto head = window.head(point, limit);
    if (!head) return propagate(head);
    // Before it was sealed, zeros stand behind its frames.
    if (!*head && !*footer && head->error().kind == FaultKind::zeros) break;
    if (!*head) return std::nullopt;
    point = after(point, **head);
  }
  if (!*footer) return point;
  const FooterHeader& header = (*footer)->header;
  if (point.chain != header.chain) return std::nullopt;
  point.position = header.original_end;
  point.chain = header.original_chain;
  point.next_offset = header.end_offset;
  point.last_sequence = header.last_sequence;
  point.last_append_time = header.last_append_time;
  point.owner_epoch = header.owner_epoch;
  return point;
}

/// The header of the first frame that is whole, whatever its salt: of what stands in this file at its own place.
Result<std::optional<FrameHeader>> first_frame(Seam& seam, const std::string& path) {
  auto file = seam.open(path, OpenMode::read);
  if (!file && file.error().code == Errc::not_found) return std::nullopt;
  if (!file) return propagate(file);
  std::vector<std::byte> bytes(kLookBytes);
  auto got = seam.read(*file, kFirstFramePosition, bytes);
  if (!got) return propagate(got);
  for (std::size_t at = 0; at + kFrameHeaderBytes <= *got; at += kFrameAlignment) {
    const Bytes rest = Bytes(bytes).first(*got).subspan(at);
    const auto header = load<FrameHeader>(rest.data());
    if (header.magic != kFrameMagic) continue;
    if (const auto head = read_head(rest, {kFirstFramePosition + at}, header.salt)) return head->header;
  }
  return std::nullopt;
}

/// Of the segment before; false where there is one and it is not known how it ends.
Result<bool> take_previous(Seam& seam, const ExpectedPartition& expected, SegmentHeader& header) {
  auto bases = list_segments(seam, expected.directory);
  if (!bases) return propagate(bases);
  const auto at = std::ranges::lower_bound(*bases, header.base_offset);
  if (at == bases->begin()) return header.base_offset == Offset{};
  auto previous = open_segment(seam, expected.directory, *std::prev(at), Access::read_only);
  if (!previous && previous.error().code == Errc::corruption) return false;
  if (!previous) return propagate(previous);
  auto end = end_of(seam, *previous);
  if (!end) return propagate(end);
  if (!*end || (*end)->next_offset != header.base_offset) return false;
  header.directory = (*previous)->start.header.directory;
  header.log_start = (*end)->log_start;
  header.previous_base = (*previous)->base();
  header.previous_salt = (*previous)->salt();
  header.previous_end = (*end)->position;
  header.previous_chain = (*end)->chain;
  header.previous_last_sequence = (*end)->last_sequence;
  header.previous_last_append_time = (*end)->last_append_time;
  header.owner_epoch = (*end)->owner_epoch;
  return true;
}

/// What its footer has of it, where that is whole; else it is taken for one that was not written anew.
Result<void> take_rewriting(Seam& seam, const std::string& path, SegmentHeader& header) {
  auto file = seam.open(path, OpenMode::read);
  if (!file && file.error().code == Errc::not_found) return {};
  if (!file) return propagate(file);
  auto footer = read_footer(seam, *file, header.salt);
  if (!footer) return propagate(footer);
  if (*footer) header.rewriting = (*footer)->header.rewriting;
  return {};
}

}  // namespace

Result<std::optional<SegmentStart>> rebuild_header(Seam& seam, const ExpectedPartition& expected, Offset base,
                                                   const std::optional<SegmentHeader>& next) {
  SegmentHeader header;
  header.partition = expected.partition;
  header.topic = expected.topic;
  header.base_offset = base;
  auto frame = first_frame(seam, segment_path(expected.directory, base));
  if (!frame) return propagate(frame);
  const bool named = next && next->previous_base == base && next->previous_salt != 0;
  if (named) header.directory = next->directory;
  if (named || *frame) header.salt = named ? next->previous_salt : (*frame)->salt;
  auto known = take_previous(seam, expected, header);
  if (!known) return propagate(known);
  if (!*known || header.salt == 0 || header.directory == DirectoryId{}) return std::nullopt;
  if (auto taken = take_rewriting(seam, segment_path(expected.directory, base), header); !taken)
    return propagate(taken);
  auto start = decode_segment_header(encode_segment_header(header));
  if (!start) return std::nullopt;
  const bool first = *frame && (*frame)->position.value == kFirstFramePosition && (*frame)->salt == header.salt;
  if (first && (*frame)->previous_hash != start->hash) return std::nullopt;
  // Without a successor only the first frame can prove it.
  if (!named && !first) return std::nullopt;
  return *start;
}

}  // namespace kappa::log
