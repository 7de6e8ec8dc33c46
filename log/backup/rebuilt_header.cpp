// The first frame names the hash of the header: where that frame is whole, it proves that the header was this one, to
// the last byte. The footer's index repeats it.
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

/// The footer of a file whose header is not known.
Result<std::optional<Footer>> footer_of(Seam& seam, const std::string& path, std::uint64_t salt) {
  auto file = seam.open(path, OpenMode::read);
  if (!file && file.error().code == Errc::not_found) return std::nullopt;
  if (!file) return propagate(file);
  return read_footer(seam, *file, salt);
}

/// The header in the form that the footer names, else in the first one.
std::optional<SegmentStart> in_form_of(const std::optional<Footer>& footer, SegmentHeader header) {
  header.rewriting = footer ? footer->header.rewriting : 0;
  const auto start = decode_segment_header(encode_segment_header(header));
  return start ? std::optional(*start) : std::nullopt;
}

/// Whether the footer's index has the first frame after this header; nullopt: it has no first frame, or there is none.
std::optional<bool> proves(const std::optional<Footer>& footer, const SegmentStart& start) {
  if (!footer || footer->index.empty() || footer->index.front().position.value != kFirstFramePosition)
    return std::nullopt;
  return footer->index.front().previous_hash == start.hash;
}

}  // namespace

Result<std::optional<SegmentStart>> correct_header(Seam& seam, const SegmentFile& segment) {
  auto footer = read_footer(seam, segment.file, segment.salt());
  if (!footer) return propagate(footer);
  const auto start = in_form_of(*footer, segment.start.header);
  return start && proves(*footer, *start).value_or(false) ? start : std::nullopt;
}

Result<std::optional<RebuiltHeader>> rebuild_header(Seam& seam, const ExpectedPartition& expected, Offset base,
                                                    const std::optional<SegmentHeader>& next) {
  SegmentHeader header;
  header.partition = expected.partition;
  header.topic = expected.topic;
  header.base_offset = base;
  const std::string path = segment_path(expected.directory, base);
  auto frame = first_frame(seam, path);
  if (!frame) return propagate(frame);
  const bool named = next && next->previous_base == base && next->previous_salt != 0;
  if (named) header.directory = next->directory;
  if (named || *frame) header.salt = named ? next->previous_salt : (*frame)->salt;
  auto known = take_previous(seam, expected, header);
  if (!known) return propagate(known);
  if (!*known || header.salt == 0 || header.directory == DirectoryId{}) return std::nullopt;
  auto footer = footer_of(seam, path, header.salt);
  if (!footer) return propagate(footer);
  const auto start = in_form_of(*footer, header);
  if (!start) return std::nullopt;
  // Where the footer does not tell, the first frame does; beside a footer it may be one of another file.
  std::optional<bool> proven = proves(*footer, *start);
  const bool first = *frame && (*frame)->position.value == kFirstFramePosition && (*frame)->salt == header.salt;
  if (!proven && first) proven = (*frame)->previous_hash == start->hash;
  // Without a successor it has to be proven.
  if (!proven.value_or(named)) return std::nullopt;
  return RebuiltHeader{*start, proven.has_value()};
}

}  // namespace kappa::log
