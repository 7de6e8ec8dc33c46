// A view that was closed in order has no commit behind its mark, so the last one is looked for backwards. Frames do not
// name the one before by its place; but salt and position tell a header from all other bytes, so it is found where it
// stands. Each frame of a view with events is part of a commit, hence a frame of events without one ends the search:
// where no view writes, it costs one read.
#include "protocol/last_commit.hpp"

#include <algorithm>

#include "format/hash.hpp"
#include "segment/replace.hpp"

namespace kappa::log {
namespace {

constexpr std::uint64_t kFirstLookBytes = 64 << 10;
constexpr std::uint64_t kLongestLookBytes = 4 << 20;
constexpr std::uint64_t kHeaderBytesMax = kFrameHeaderBytes + kExtensionBytesMax;

struct Found {
  std::optional<FrameHead> commit;
  bool decided = false;  ///< No earlier frame matters.
};

/// Of the frames whose headers begin in the first `begins` bytes.
Found last_commit_in(Bytes bytes, std::uint64_t begins, Position position, std::uint64_t salt) {
  for (std::uint64_t at = begins / kFrameAlignment * kFrameAlignment; at >= kFrameAlignment;) {
    at -= kFrameAlignment;
    if (bytes.size() - at < kFrameHeaderBytes || load<std::uint32_t>(bytes.data() + at) != kFrameMagic) continue;
    auto head = read_head(bytes.subspan(at), position.plus(at), salt);
    if (!head || head->header.kind != FrameKind::data) continue;
    if (!head->extension.commit) return {{}, true};
    if ((head->header.flags & kFlagGroupEnd) != 0) return {std::move(*head), true};
  }
  return {};
}

Result<Found> last_commit_of(Seam& seam, const SegmentFile& segment, std::uint64_t end) {
  std::vector<std::byte> window;
  std::uint64_t look = kFirstLookBytes;
  for (std::uint64_t high = end; high > kFirstFramePosition; look = std::min(4 * look, kLongestLookBytes)) {
    const std::uint64_t low = high - std::min(look, high - kFirstFramePosition);
    window.resize(std::min(high + kHeaderBytesMax, end) - low);
    auto got = seam.read(segment.file, low, window);
    if (!got) return propagate(got);
    Found found =
        last_commit_in(Bytes(window).first(*got), std::min<std::uint64_t>(high - low, *got), {low}, segment.salt());
    if (found.decided) return found;
    high = low;
  }
  return Found{};
}

}  // namespace

Result<std::optional<FrameHead>> last_commit_before(Seam& seam, const std::string& directory, SharedSegment segment,
                                                    Position place) {
  for (;;) {
    auto found = last_commit_of(seam, *segment, place.value);
    if (!found) return propagate(found);
    const SegmentHeader& header = segment->start.header;
    if (found->decided || header.previous_salt == 0) return std::move(found->commit);
    auto previous = open_segment(seam, directory, header.previous_base, Access::read_only);
    if (!previous && previous.error().code == Errc::io) return propagate(previous);
    if (!previous || (*previous)->salt() != header.previous_salt) return std::nullopt;
    auto end = sealed_end(seam, **previous, header);
    if (!end && end.error().code == Errc::corruption) return std::nullopt;
    if (!end) return propagate(end);
    place = end->position;
    segment = std::move(*previous);
  }
}

}  // namespace kappa::log
