// Verification of a segment, frame by frame.
//
// A segment with a successor is finished: its successor says where and with what hash its chain ends, so every byte up
// to there must be a frame, and behind it there is a footer that is computed again and compared, or what an interrupted
// sealing leaves (zeros, with bytes of that same footer among them). The newest segment is only as finished as its last
// durable frame. After damage the walk goes on at the next place whose chain is known from elsewhere: an entry of the
// footer's index, else the next segment.
#include "segment/verify_segment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "format/hash.hpp"
#include "format/origins.hpp"
#include "protocol/frame_window.hpp"
#include "segment/replace.hpp"
#include "segment/seal.hpp"

namespace kappa::log {
namespace {

constexpr std::size_t kReadBytes = 1 << 20;
/// Windows overlap by this, so that a header that lies across two of them is whole in one.
constexpr std::size_t kHeaderBytesMax = kFrameHeaderBytes + kExtensionBytesMax;

class SegmentVerifier {
 public:
  SegmentVerifier(Seam& seam, const ExpectedPartition& expected, const Neighbours& neighbours, SharedSegment segment,
                  VerifyReport& report)
      : seam_(seam),
        expected_(expected),
        neighbours_(neighbours),
        segment_(std::move(segment)),
        report_(report),
        builder_(segment_->start) {}

  /// The place after the last frame, if all of them are whole.
  [[nodiscard]] Result<std::optional<ChainPoint>> run(Progress* progress) {
    check_header();
    // Before the size: who appends meanwhile may put a mark behind what had been the end.
    if (auto read = read_marks(); !read) return propagate(read);
    auto limit = seam_.size(segment_->file);
    if (!limit) return propagate(limit);
    auto footer = read_footer(seam_, segment_->file, segment_->salt());
    if (!footer) return propagate(footer);
    if (*footer && !is_of_file((*footer)->header, segment_->start.header)) {
      damage(0, kBlockBytes, "header of another file that had this name; the footer is the segment's own");
      return std::nullopt;
    }
    if (*footer) *limit = std::min(*limit, (*footer)->header.end.value);
    if (neighbours_.next) {
      auto end = sealed_end(seam_, *segment_, *neighbours_.next);
      if (!end) return propagate(end);
      end_ = *end;
      *limit = std::min(*limit, end_.position.value);
    }
    report_.bytes += kFirstFramePosition;
    if (auto walked = walk(*limit, progress); !walked) return propagate(walked);
    if (!neighbours_.next)
      if (auto checked = check_newest(); !checked) return propagate(checked);
    if (!whole_) return std::nullopt;
    check_marks();
    neighbours_.next ? check_end() : check_cut_off();
    if (neighbours_.next && whole_)
      if (auto checked = check_behind(); !checked) return propagate(checked);
    return whole_ ? std::optional(end_for_successor()) : std::nullopt;
  }

 private:
  /// What the next segment must follow. A replaced one ends where its footer says that the original did.
  [[nodiscard]] ChainPoint end_for_successor() const {
    if (!end_.replaced) return point_;
    ChainPoint end = point_;
    end.next_offset = end_.replaced->end_offset;
    end.last_sequence = end_.replaced->last_sequence;
    end.last_append_time = end_.replaced->last_append_time;
    end.owner_epoch = end_.replaced->owner_epoch;
    return end;
  }

  void damage(std::uint64_t position, std::uint64_t bytes, std::string what) {
    report_.damages.push_back({segment_->file.path(), position, bytes, std::move(what)});
  }

  void missing(Offset base) {
    report_.damages.push_back(
        {segment_path(expected_.directory, base), 0, 0,
         fmt::format("missing: the next one that is there begins at offset {}", segment_->base().value)});
  }

  void check_header() {
    const SegmentHeader& header = segment_->start.header;
    const auto differs = [&](std::string_view what) { damage(0, kBlockBytes, std::string(what)); };
    if (header.topic != expected_.topic || header.partition != expected_.partition)
      differs("segment of another topic or partition");
    if (neighbours_.is_first && header.base_offset > std::max(expected_.log_start, expected_.log_start_max))
      missing(header.previous_base);
    if (!neighbours_.previous) return;
    if (header.directory != neighbours_.previous->directory) differs("segment of another directory");
    if (header.previous_base > neighbours_.previous->base_offset) return missing(header.previous_base);
    if (header.previous_base != neighbours_.previous->base_offset)
      differs(fmt::format("follows the segment at offset {}, but the one before begins at {}",
                          header.previous_base.value, neighbours_.previous->base_offset.value));
    else if (header.previous_salt != neighbours_.previous->salt)
      differs(fmt::format("follows a segment at offset {} that is another file than the one that is there",
                          header.previous_base.value));
    if (!neighbours_.previous_end) return;
    const ChainPoint& end = *neighbours_.previous_end;
    if (header.base_offset != end.next_offset || header.previous_last_sequence != end.last_sequence ||
        header.previous_last_append_time != end.last_append_time || header.owner_epoch != end.owner_epoch ||
        header.log_start != end.log_start)
      differs(fmt::format("begins at offset {} after sequence {}, but the segment before ends at offset {} with {}",
                          header.base_offset.value, header.previous_last_sequence.value, end.next_offset.value,
                          end.last_sequence.value));
  }

  [[nodiscard]] Result<void> walk(std::uint64_t limit, Progress* progress) {
    // What nobody writes to is read from the disk itself: the cache may still have what the disk has lost, and holds
    // what others need more. The newest segment's last bytes may be in the cache only.
    FrameWindow window(seam_, segment_, neighbours_.next ? FrameWindow::Source::device : FrameWindow::Source::cache);
    point_ = segment_->start.chain();
    while (point_.position.value < limit) {
      auto frame = window.frame(point_, limit);
      if (!frame) return propagate(frame);
      if (!*frame) {
        if (frame->error().kind == FaultKind::unsupported)
          return std::unexpected(fault_error(frame->error(), segment_->file.path()));
        auto tail = is_tail(limit);
        if (!tail) return propagate(tail);
        if (*tail) return {};
        auto skipped = skip(frame->error(), limit);
        if (!skipped) return propagate(skipped);
        if (!*skipped) return {};
        continue;
      }
      take(**frame);
      if (progress == nullptr) continue;
      if (auto told = progress->advance((*frame)->head.header.frame_bytes()); !told) return told;
    }
    return {};
  }

  /// True if nothing that stands from here on has ever been durable, as far as there is evidence.
  [[nodiscard]] Result<bool> is_tail(std::uint64_t limit) {
    if (neighbours_.next || point_.last_sequence < expected_.last_durable) return false;
    for (const std::optional<Mark>& mark : marks_)
      if (mark) evidence_ = std::max(evidence_, mark->point.position);
    std::vector<std::byte> window(std::min<std::uint64_t>(kReadBytes, limit - point_.position.value));
    for (std::uint64_t at = point_.position.value; at < limit; at += kReadBytes - kHeaderBytesMax) {
      auto got = seam_.read(segment_->file, at, window);
      if (!got) return propagate(got);
      evidence_ = std::max(evidence_, find_traces(Bytes(window).first(*got), {at}, segment_->salt()).durable);
    }
    return point_.position >= evidence_;
  }

  void take(const Frame& frame) {
    const FrameHeader& header = frame.head.header;
    ++report_.frames;
    report_.events += header.event_count;
    report_.bytes += header.frame_bytes();
    if (header.kind == FrameKind::gap) take_gap(header);
    const auto batch = decoder_.decode(header, frame.body, frame.head.extension.present_offsets);
    if (!batch) damage(header.position.value, header.frame_bytes(), batch.error().what);
    if (batch) check_times(frame.head, *batch);
    builder_.add(frame.head);
    point_ = after(point_, frame.head);
    evidence_ = std::max(evidence_, header.durable_position);
    for (std::optional<Mark>& mark : marks_)
      if (mark && mark->point == point_) mark.reset();
  }

  /// One that is too long for a frame has several, which follow each other.
  void take_gap(const FrameHeader& header) {
    const std::uint64_t at = header.position.value;
    const Offset end = header.base_offset.plus(header.offset_span);
    std::vector<Gap>& gaps = report_.gaps;
    const bool goes_on =
        !gaps.empty() && gaps.back().file == segment_->file.path() && gaps.back().position + gaps.back().bytes == at;
    if (!goes_on) gaps.push_back({segment_->file.path(), at, 0, header.base_offset, end});
    gaps.back().bytes += header.frame_bytes();
    gaps.back().end = end;
  }

  void check_times(const FrameHead& head, const EventBatch& batch) {
    const FrameHeader& header = head.header;
    const StoredOrigin all{header.sequence, header.append_time, header.event_count, header.offset_span};
    const EventTimes times = head.is_repacked() ? event_times(batch.columns, head.extension.origins)
                                                : event_times(batch.columns, std::span(&all, 1));
    if (times.least != header.min_event_time || times.greatest != header.max_event_time)
      damage(header.position.value, header.frame_bytes(),
             fmt::format("event times from {} to {}, but the frame says from {} to {}", times.least, times.greatest,
                         header.min_event_time, header.max_event_time));
  }

  /// Records a bad frame and goes to the next place where the chain is known; false if there is none.
  [[nodiscard]] Result<bool> skip(const Fault& fault, std::uint64_t limit) {
    whole_ = false;
    auto footer = read_footer(seam_, segment_->file, segment_->salt());
    if (!footer) return propagate(footer);
    const Position bad = point_.position;
    const IndexEntry* next = nullptr;
    if (*footer) {
      const auto found = std::ranges::upper_bound((*footer)->index, bad, {}, &IndexEntry::position);
      if (found != (*footer)->index.end()) next = &*found;
    }
    const std::uint64_t end = next != nullptr ? next->position.value : limit;
    damage(bad.value, end - bad.value, fault.what);
    if (next == nullptr) return false;
    point_ = {
        next->position, next->previous_hash, next->base_offset, {next->sequence.value - 1}, next->append_time, 0, {}};
    return true;
  }

  /// Appends replace marks while this runs, but never leave half of one.
  [[nodiscard]] Result<void> read_marks() {
    std::vector<std::byte> bytes(kFirstFramePosition);
    auto got = seam_.read(segment_->file, 0, bytes);
    if (!got) return propagate(got);
    for (const std::uint64_t slot : {kMarkPositionA, kMarkPositionB}) {
      const Bytes block = Bytes(bytes).subspan(slot, kBlockBytes);
      const auto mark = decode_mark(block, {slot}, segment_->salt());
      if (!mark && mark.error().kind == FaultKind::unsupported)
        return std::unexpected(fault_error(mark.error(), segment_->file.path()));
      if (!mark && mark.error().kind != FaultKind::zeros) damage(slot, kMarkBytes, mark.error().what);
      if (mark && mark->point != segment_->start.chain()) marks_[slot / kBlockBytes - 1] = *mark;
      if (!all_zeros(block.subspan(kMarkBytes)))
        damage(slot + kMarkBytes, kBlockBytes - kMarkBytes, "bytes behind a mark that are not zero");
    }
    return {};
  }

  /// The marks that the walk has met are gone from marks_.
  void check_marks() {
    for (const std::optional<Mark>& mark : marks_) {
      if (mark && mark->point.position <= point_.position)
        damage(mark_position(mark->generation).value, kMarkBytes,
               fmt::format("mark of position {} that is no place between two frames of this chain",
                           mark->point.position.value));
    }
  }

  /// Between two frames: then nothing but a mark behind the end tells of it.
  void check_cut_off() {
    Position known = point_.position;
    for (const std::optional<Mark>& mark : marks_)
      if (mark) known = std::max(known, mark->point.position);
    if (known == point_.position) return;
    whole_ = false;
    damage(point_.position.value, known.value - point_.position.value,
           fmt::format("cut off: its mark says that it was durable up to byte {}", known.value));
  }

  /// Only a segment with a successor is sealed. One that was newest when this began may have got one since.
  [[nodiscard]] Result<void> check_newest() {
    auto footer = read_footer(seam_, segment_->file, segment_->salt());
    if (!footer) return propagate(footer);
    if (!*footer) {
      check_consumed();
      return check_length();
    }
    auto bases = list_segments(seam_, expected_.directory);
    if (!bases) return propagate(bases);
    if (bases->empty() || bases->back() > segment_->base()) return {};
    damage((*footer)->header.end.value, 0, "sealed, but the segment after it is missing");
    return {};
  }

  void check_consumed() {
    if (!whole_ || point_.next_offset >= expected_.consumed) return;
    damage(point_.position.value, 0,
           fmt::format("events [{}, {}) were consumed by a view and are missing", point_.next_offset.value,
                       expected_.consumed.value));
  }

  [[nodiscard]] Result<void> check_length() {
    auto size = seam_.size(segment_->file);
    if (!size) return propagate(size);
    if (*size < kUnsealedBytesMin)
      damage(*size, kUnsealedBytesMin - *size,
             fmt::format("cut off at byte {}: it was made with {} bytes", *size, kUnsealedBytesMin));
    return {};
  }

  void check_end() {
    if (point_.position != end_.position || point_.chain != end_.chain) {
      whole_ = false;
      damage(point_.position.value, 0,
             fmt::format("ends with {:016x}, but its {} says byte {} with {:016x}", point_.chain,
                         end_.replaced ? "footer" : "successor", end_.position.value, end_.chain));
    }
    if (!end_.replaced) return;
    const FooterHeader& footer = *end_.replaced;
    if (point_.next_offset <= footer.end_offset && point_.last_sequence <= footer.last_sequence &&
        point_.last_append_time <= footer.last_append_time)
      return;
    damage(footer.end.value, kFooterHeaderBytes,
           fmt::format("footer of a replaced segment that ends at offset {} with sequence {}, its frames at {} with {}",
                       footer.end_offset.value, footer.last_sequence.value, point_.next_offset.value,
                       point_.last_sequence.value));
  }

  /// What stands behind the frames of a finished segment.
  [[nodiscard]] Result<void> check_behind() {
    const std::vector<std::byte> footer = encode_footer(builder_.finish(end_.replaced));
    const std::uint64_t end = point_.position.value;
    auto size = seam_.size(segment_->file);
    if (!size) return propagate(size);
    const bool sealed = *size == end + footer.size();
    if (*size < end) return {};
    std::vector<std::byte> window(std::min<std::uint64_t>(kReadBytes, *size - end));
    for (std::uint64_t at = end; at < *size;) {
      auto got = seam_.read(segment_->file, at, window);
      if (!got) return propagate(got);
      if (*got == 0) return {};  // cut off by a sealing since
      for (std::size_t i = 0; i < *got; ++i) {
        const std::uint64_t place = at - end + i;
        const std::byte byte = place < footer.size() ? footer[place] : std::byte{0};
        if (window[i] == byte || (!sealed && window[i] == std::byte{0})) continue;
        damage(at + i, *size - at - i,
               sealed ? "footer that does not fit the frames" : "bytes behind the last frame that are not zero");
        return {};
      }
      at += *got;
      report_.bytes += *got;
    }
    return {};
  }

  Seam& seam_;
  const ExpectedPartition& expected_;
  const Neighbours& neighbours_;
  SharedSegment segment_;
  VerifyReport& report_;
  FooterBuilder builder_;
  BodyDecoder decoder_;
  ChainPoint point_;
  std::array<std::optional<Mark>, 2> marks_;  ///< Those not yet met on the walk.
  SealedEnd end_;                             ///< Of a segment with a successor.
  Position evidence_;                         ///< Up to here, something has said that all was durable.
  bool whole_ = true;
};

}  // namespace

Result<std::optional<ChainPoint>> verify_segment(Seam& seam, const ExpectedPartition& expected,
                                                 const Neighbours& neighbours, SharedSegment segment,
                                                 VerifyReport& report, Progress* progress) {
  return SegmentVerifier(seam, expected, neighbours, std::move(segment), report).run(progress);
}

}  // namespace kappa::log
