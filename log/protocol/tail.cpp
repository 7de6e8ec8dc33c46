// Reading the end of a partition after a crash.
//
// The scan begins at the newest mark and follows the chain; it ends at the first frame that is not whole. Whether that
// is a torn tail (an append that the crash cut off, and nobody was told of) or corruption (something was durable there
// and is not what was written) is decided by evidence alone: every frame names the position that was durable when it
// was written, so does each mark, and a commit of a view names how far it has consumed its inputs, which was durable
// before it could be read. Frames past the bad place still testify: their headers are looked for behind it, and salt
// and position keep event bytes that happen to look like one from passing for it.
#include "protocol/tail.hpp"

#include <algorithm>

#include "fmt/format.h"
#include "format/hash.hpp"
#include "kappa/log/repair_hint.hpp"
#include "protocol/frame_window.hpp"
#include "protocol/last_commit.hpp"
#include "segment/seal.hpp"

namespace kappa::log {
namespace {

constexpr std::size_t kWindowBytes = 4 << 20;
constexpr std::size_t kOverlapBytes = kFrameHeaderBytes + kExtensionBytesMax;

void raise(Position& to, Position value) {
  to = std::max(to, value);
}
void raise(Sequence& to, Sequence value) {
  to = std::max(to, value);
}

std::unexpected<Error> successor_missing(const SegmentFile& segment) {
  return fail(Errc::corruption,
              fmt::format("{}: sealed, and so not the last segment, but its successor is missing", segment.file.path()),
              "restore the missing file from a backup");
}

Result<void> refuse_sealed(Seam& seam, const SegmentFile& segment) {
  auto footer = read_footer(seam, segment.file, segment.salt());
  if (!footer) return propagate(footer);
  if (*footer) return successor_missing(segment);
  return {};
}

/// What an interrupted sealing leaves behind the frames, or a footer that has been damaged since: only a segment that
/// has been left gets one.
bool is_footer(Bytes bytes, const SegmentFile& segment) {
  constexpr std::size_t kSaltPosition = 16;
  return bytes.size() >= kSaltPosition + sizeof(std::uint64_t) && load<std::uint64_t>(bytes.data()) == kFooterMagic &&
         load<std::uint64_t>(bytes.data() + kSaltPosition) == segment.salt();
}

void take_frame(Tail& tail, const FrameHead& head) {
  raise(tail.evidence, head.header.durable_position);
  raise(tail.highest, head.header.last_sequence);
  raise(tail.highest, head.header.consumed_through);
  const bool whole_commit = (head.header.flags & kFlagGroupEnd) != 0 && head.extension.commit.has_value();
  if (whole_commit) tail.consumed = head.extension.commit->inputs;
}

/// Takes what stands at `position`, behind the place where the chain ends.
Result<void> look_at(Tail& tail, std::uint64_t position, Bytes read) {
  if (position == tail.end.position.value && is_footer(read, *tail.segment)) return successor_missing(*tail.segment);
  const Bytes something = without_last_zeros(read);
  if (something.empty()) return {};
  tail.stop_end = position + something.size();
  const Traces traces = find_traces(read, {position}, tail.segment->salt());
  raise(tail.evidence, traces.durable);
  raise(tail.highest, traces.highest);
  return {};
}

/// Looks behind the place where the chain ends: for the last byte that is not zero, and for evidence.
Result<void> look_behind(Seam& seam, Tail& tail, const FrameWindow& window, std::uint64_t bytes) {
  std::uint64_t position = tail.end.position.value;
  tail.stop_end = position;
  // Most tails are short: the scan that came to their end has all of it.
  if (const Bytes rest = window.buffered_from(position); position + rest.size() == bytes)
    return look_at(tail, position, rest);
  Buffer buffer;
  const std::size_t chunk = std::min<std::uint64_t>(kWindowBytes, bytes - position);
  while (position < bytes) {
    auto got = seam.read(tail.segment->file, position, {buffer.reserve(chunk), chunk});
    if (!got) return propagate(got);
    if (*got == 0) break;
    if (auto looked = look_at(tail, position, Bytes(buffer.data(), *got)); !looked) return looked;
    if (position + *got >= bytes || *got <= kOverlapBytes) break;
    position += *got - kOverlapBytes;
  }
  return {};
}

}  // namespace

void add_evidence(ConsumedEvidence& evidence, const Tail& tail) {
  for (const ConsumedInput& input : tail.consumed) {
    Offset& end = evidence[{input.topic, input.partition}];
    end = std::max(end, input.end);
  }
}

Result<Tail> read_tail(Seam& seam, const std::string& directory, Access access) {
  auto bases = list_segments(seam, directory);
  if (!bases) return propagate(bases);
  if (bases->empty())
    return fail(Errc::corruption, fmt::format("{}: no segment is left", directory), repair_hint(directory));
  auto segment = open_segment(seam, directory, bases->back(), access);
  if (!segment) return propagate(segment);
  auto bytes = seam.size((*segment)->file);
  if (!bytes) return propagate(bytes);
  if (auto open = refuse_sealed(seam, **segment); !open) return propagate(open);
  auto mark = read_newest_mark(seam, **segment);
  if (!mark) return propagate(mark);

  Tail tail;
  tail.segment = *segment;
  tail.bytes = *bytes;
  tail.mark = *mark;
  // A file that ends before its mark has been cut off; then what is left of it is found from the start.
  const bool cut_off = *mark && (*mark)->point.position.value > *bytes;
  tail.from = *mark && !cut_off ? (*mark)->point : (*segment)->start.chain();
  const ChainPoint& durable = *mark ? (*mark)->point : tail.from;
  tail.evidence = durable.position;
  tail.highest = durable.last_sequence;
  tail.end = tail.from;
  FrameWindow window(seam, *segment);
  for (;;) {
    auto frame = window.frame(tail.end, *bytes);
    if (!frame) return propagate(frame);
    if (!*frame) {
      tail.stop = frame->error();
      break;
    }
    take_frame(tail, (*frame)->head);
    tail.end = after(tail.end, (*frame)->head);
  }
  if (auto looked = look_behind(seam, tail, window, *bytes); !looked) return propagate(looked);
  if (tail.stop_end == tail.end.position.value) tail.stop.reset();
  if (!tail.consumed.empty()) return tail;
  auto commit = last_commit_before(seam, directory, tail.segment, tail.from.position);
  if (!commit) return propagate(commit);
  if (!*commit) return tail;
  tail.consumed = std::move((*commit)->extension.commit->inputs);
  raise(tail.highest, (*commit)->header.consumed_through);
  return tail;
}

// Without a trusted header nothing in a file is evidence; but a number found in one that was no sequence only makes the
// counter leap.
Result<LostTail> read_lost_tail(Seam& seam, const std::string& directory) {
  LostTail lost;
  auto bases = list_segments(seam, directory);
  if (!bases && bases.error().code == Errc::not_found) return lost;
  if (!bases) return propagate(bases);
  for (std::size_t i = bases->size(); i-- > 0 && lost.highest == kNoSequence;) {
    auto file = seam.open(segment_path(directory, (*bases)[i]), OpenMode::read);
    if (!file) return propagate(file);
    auto bytes = seam.size(*file);
    if (!bytes) return propagate(bytes);
    lost.bytes_max += *bytes;
    std::vector<std::byte> window(std::min<std::uint64_t>(kWindowBytes, *bytes));
    for (std::uint64_t position = 0; position < *bytes; position += window.size() - kOverlapBytes) {
      auto got = seam.read(*file, position, window);
      if (!got) return propagate(got);
      raise(lost.highest, find_traces(Bytes(window).first(*got), {position}, std::nullopt).highest);
      if (position + *got >= *bytes || *got <= kOverlapBytes) break;
    }
  }
  return lost;
}

std::optional<Error> damage_of(const Tail& tail, Offset consumed) {
  const std::string& path = tail.segment->file.path();
  const std::uint64_t end = tail.end.position.value;
  const std::string hint = "nothing was changed; " + repair_hint(path);
  if (tail.stop && tail.stop->kind == FaultKind::unsupported) return fault_error(*tail.stop, path);
  if (tail.evidence.value > end)
    return Error{Errc::corruption,
                 fmt::format("{}: bytes [{}, {}) were durable and are damaged: {}", path, end, tail.evidence.value,
                             tail.stop ? tail.stop->what : "zeros instead of a frame"),
                 hint};
  if (consumed > tail.end.next_offset)
    return Error{Errc::corruption,
                 fmt::format("{}: events [{}, {}) were consumed by a view and are missing from byte {} on", path,
                             tail.end.next_offset.value, consumed.value, end),
                 hint};
  if (tail.bytes < kUnsealedBytesMin)
    return Error{Errc::corruption,
                 fmt::format("{}: cut off at byte {}: it was made with {} bytes", path, tail.bytes, kUnsealedBytesMin),
                 hint};
  return std::nullopt;
}

}  // namespace kappa::log
