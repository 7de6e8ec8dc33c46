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

/// What the file says of the form it was written in.
struct Traces {
  std::vector<std::uint32_t> rewritings;  ///< That it may have: of its footer, or it was never written anew.
  std::optional<FrameHeader> first;       ///< The first frame that is whole, if that is the segment's first one.
  std::optional<IndexEntry> indexed;      ///< The segment's first frame, as the footer has it.
};

Result<Traces> traces_of(Seam& seam, const std::string& path, std::uint64_t salt) {
  Traces traces;
  auto frame = first_frame(seam, path);
  if (!frame) return propagate(frame);
  if (*frame && (*frame)->position.value == kFirstFramePosition && (*frame)->salt == salt) traces.first = *frame;
  auto file = seam.open(path, OpenMode::read);
  if (!file && file.error().code == Errc::not_found) return Traces{{0}, {}, {}};
  if (!file) return propagate(file);
  auto footer = read_footer(seam, *file, salt);
  if (!footer) return propagate(footer);
  if (*footer) {
    traces.rewritings.push_back((*footer)->header.rewriting);
    const auto& index = (*footer)->index;
    if (!index.empty() && index.front().position.value == kFirstFramePosition) traces.indexed = index.front();
  }
  traces.rewritings.push_back(0);
  return traces;
}

/// The header in the form that the footer knows; without one, that which the first frame follows (it may be a frame of
/// another file that had the name); without that either, the one that is most likely.
std::optional<RebuiltHeader> choose_form(SegmentHeader header, const Traces& traces) {
  std::vector<SegmentStart> starts;
  for (const std::uint32_t rewriting : traces.rewritings) {
    header.rewriting = rewriting;
    if (const auto start = decode_segment_header(encode_segment_header(header))) starts.push_back(*start);
  }
  for (const SegmentStart& start : starts)
    if (traces.indexed && traces.indexed->previous_hash == start.hash) return RebuiltHeader{start, true};
  for (const SegmentStart& start : starts)
    if (!traces.indexed && traces.first && traces.first->previous_hash == start.hash) return RebuiltHeader{start, true};
  if (traces.first || traces.indexed || starts.empty()) return std::nullopt;
  return RebuiltHeader{starts.front(), false};
}

}  // namespace

Result<std::optional<SegmentStart>> correct_header(Seam& seam, const SegmentFile& segment) {
  auto footer = read_footer(seam, segment.file, segment.salt());
  if (!footer) return propagate(footer);
  if (!*footer || (*footer)->index.empty()) return std::nullopt;
  SegmentHeader header = segment.start.header;
  header.rewriting = (*footer)->header.rewriting;
  const auto start = decode_segment_header(encode_segment_header(header));
  const IndexEntry& first = (*footer)->index.front();
  const bool proven = start && first.position.value == kFirstFramePosition && first.previous_hash == start->hash;
  return proven ? std::optional(*start) : std::nullopt;
}

Result<std::optional<RebuiltHeader>> rebuild_header(Seam& seam, const ExpectedPartition& expected, Offset base,
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
  auto traces = traces_of(seam, segment_path(expected.directory, base), header.salt);
  if (!traces) return propagate(traces);
  const auto rebuilt = choose_form(header, *traces);
  // Without a successor it has to be proven.
  return rebuilt && (named || rebuilt->is_proven) ? rebuilt : std::nullopt;
}

}  // namespace kappa::log
