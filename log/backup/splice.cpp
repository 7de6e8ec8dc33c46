// A frame of the backup fits behind a local one if it follows it by the chain. That is not yet proof: a directory that
// was restored, and appended to since, has the same beginning. Proof is something local behind it: a whole frame that
// follows it; the local header of the same frame, whose body alone is damaged; a mark, or the next segment's header,
// with the chain as it is after it. Until there is one, what was taken is pending.
#include "backup/splice.hpp"

#include <algorithm>

#include "fmt/format.h"
#include "protocol/frame_window.hpp"
#include "segment/find_head.hpp"

namespace kappa::log {
namespace {

constexpr std::size_t kLookBytes = 1 << 20;
constexpr std::size_t kOverlapBytes = kFrameHeaderBytes + kExtensionBytesMax;
constexpr const char* kNoCopy = "no copy of this segment is at hand";
constexpr std::string_view kUnproven = "no hash behind it proves that the backup's is the same";

class Splicer {
 public:
  Splicer(Seam& seam, const SpliceInput& input) : seam_(seam), input_(input) {
    if (input.local) local_.emplace(seam, input.local);
    if (input.backup) backup_.emplace(seam, input.backup);
    const SharedSegment& start = input.local ? input.local : input.backup;
    point_ = start ? start->start.chain() : input.rebuilt->chain();
  }

  [[nodiscard]] Result<Splice> run() {
    if (auto prepared = prepare(); !prepared) return propagate(prepared);
    look_for_proof();
    while (point_.position.value < limit_) {
      auto stepped = step_locally();
      if (stepped && !*stepped) stepped = step_in_backup();
      if (!stepped) return propagate(stepped);
      if (*stepped) continue;
      if (!input_.next && point_.position >= evidence_) break;
      auto skipped = skip();
      if (!skipped) return propagate(skipped);
      if (!*skipped) return std::move(splice_);
    }
    finish();
    return std::move(splice_);
  }

 private:
  [[nodiscard]] Result<void> prepare() {
    if (!input_.own_header) pending_.push_back({0, kBlockBytes, point_.next_offset, point_.next_offset, {}});
    if (input_.next) limit_ = input_.end.position.value;
    if (!input_.local) return {};
    auto size = seam_.size(input_.local->file);
    if (!size) return propagate(size);
    size_ = *size;
    std::vector<std::byte> bytes(kFirstFramePosition);
    auto got = seam_.read(input_.local->file, 0, bytes);
    if (!got) return propagate(got);
    // Where the frames were written anew there is one mark, at their end, and the footer has that; others are of the
    // file before.
    const bool is_first_form = input_.local->start.header.rewriting == 0;
    for (const std::uint64_t slot : {kMarkPositionA, kMarkPositionB})
      if (const auto mark = decode_mark(Bytes(bytes).subspan(slot, kMarkBytes), {slot}, input_.local->salt());
          mark && is_first_form)
        marks_.push_back(mark->point);
    if (input_.next) return {};
    if (auto found = find_evidence(); !found) return found;
    // A mark may name an end that the file does not reach any more.
    splice_.is_cut_off = evidence_.value > size_;
    limit_ = std::max({size_, input_.backup_end.value, evidence_.value});
    return {};
  }

  /// Up to where the newest segment was durable once.
  [[nodiscard]] Result<void> find_evidence() {
    for (const ChainPoint& mark : marks_) evidence_ = std::max(evidence_, mark.position);
    return look_through(kFirstFramePosition, [&](Bytes bytes, std::uint64_t at) {
      evidence_ = std::max(evidence_, find_traces(bytes, {at}, input_.local->salt()).durable);
      return false;
    });
  }

  /// Calls `look` with stretches of the local file that overlap by a header, until it is satisfied.
  template <typename Look>
  [[nodiscard]] Result<void> look_through(std::uint64_t from, Look look) {
    std::vector<std::byte> window(kLookBytes);
    for (std::uint64_t at = from; at < size_; at += kLookBytes - kOverlapBytes) {
      auto got = seam_.read(input_.local->file, at, window);
      if (!got) return propagate(got);
      if (look(Bytes(window).first(*got), at) || at + *got >= size_) return {};
    }
    return {};
  }

  void step_over(const FrameHead& head) {
    point_ = after(point_, head);
    if (head.extension.owner_epoch || head.extension.log_start) gaps_settled_ = splice_.gaps.size();
    if (const auto& commit = head.extension.commit; commit && commit->epoch > point_.owner_epoch)
      learn(commit->epoch, point_.log_start);
    for (const ChainPoint& mark : marks_)
      if (mark.position == point_.position && mark.chain == point_.chain) learn(mark.owner_epoch, mark.log_start);
    look_for_proof();
  }

  /// Owner and log start may have changed within a gap. One that has room for it is where.
  void learn(std::uint32_t owner_epoch, Offset log_start) {
    if (owner_epoch == point_.owner_epoch && log_start == point_.log_start) return;
    constexpr std::uint64_t kRoom = kFrameHeaderBytes + 2 * (sizeof(FieldHeader) + sizeof(StoredLogStart));
    std::size_t i = gaps_settled_;
    const auto has_room = [&](const GapPlace& gap) { return gap.to.position.value - gap.from.position.value >= kRoom; };
    while (i < splice_.gaps.size() && !has_room(splice_.gaps[i])) ++i;
    if (i == splice_.gaps.size()) i = gaps_settled_;
    for (std::size_t at = i; at < splice_.gaps.size(); ++at) {
      ChainPoint& to = splice_.gaps[at].to;
      to.owner_epoch = owner_epoch;
      to.log_start = log_start;
      if (at == i) continue;
      splice_.gaps[at].from.owner_epoch = owner_epoch;
      splice_.gaps[at].from.log_start = log_start;
    }
    if (splice_.gaps.size() == gaps_settled_) return;
    point_.owner_epoch = owner_epoch;
    point_.log_start = log_start;
  }
  void look_for_proof() {
    const bool ends_here = input_.next && point_.position == input_.end.position;
    if (ends_here ? point_.chain == input_.end.chain : std::ranges::find(marks_, point_) != marks_.end()) prove();
  }

  [[nodiscard]] Result<bool> step_locally() {
    if (!local_) return false;
    auto frame = local_->frame(point_, std::min(limit_, size_));
    if (!frame) return propagate(frame);
    if (!*frame) return false;
    if ((*frame)->head.header.kind == FrameKind::gap && backup_) {
      auto filled = backup_fills_gap();
      if (!filled) return propagate(filled);
      if (*filled) return false;
    }
    prove();
    step_over((*frame)->head);
    return true;
  }

  /// True if the backup has what the gap here stands for: from the frame before it to the hash that it names.
  [[nodiscard]] Result<bool> backup_fills_gap() {
    ChainPoint end = point_;
    for (;;) {
      auto head = local_->head(end, std::min(limit_, size_));
      if (!head) return propagate(head);
      if (!*head || (*head)->header.kind != FrameKind::gap) break;
      end = after(end, **head);
    }
    ChainPoint at = point_;
    FrameWindow window(seam_, input_.backup);
    while (at.position < end.position) {
      auto frame = window.frame(at, std::min(limit_, input_.backup_end.value));
      if (!frame) return propagate(frame);
      if (!*frame || (*frame)->head.header.kind == FrameKind::gap) return false;
      at = after(at, (*frame)->head);
    }
    return at.position == end.position && at.chain == end.chain;
  }

  [[nodiscard]] Result<bool> step_in_backup() {
    if (!backup_) return false;
    auto frame = backup_->frame(point_, std::min(limit_, input_.backup_end.value));
    if (!frame) return propagate(frame);
    if (!*frame) return false;
    const FrameHead& head = (*frame)->head;
    const Offset begin = head.header.base_offset;
    pending_.push_back(
        {point_.position.value, head.header.frame_bytes(), begin, begin.plus(head.header.offset_span), {}});
    auto same = has_head_locally(head);
    if (!same) return same;
    if (*same) prove();
    step_over(head);
    return true;
  }

  /// A header covers the hash of its body.
  [[nodiscard]] Result<bool> has_head_locally(const FrameHead& head) {
    if (!local_) return false;
    auto found = local_->head(point_, std::min(limit_, size_));
    if (!found) return propagate(found);
    return *found && (*found)->header.header_hash == head.header.header_hash;
  }

  void prove() {
    for (SpliceRange& range : pending_) add(splice_.from_backup, std::move(range));
    pending_.clear();
  }

  static void add(std::vector<SpliceRange>& to, SpliceRange range) {
    const bool adjoins = !to.empty() && to.back().position + to.back().bytes == range.position &&
                         to.back().why == range.why && to.back().end == range.begin;
    if (!adjoins) {
      to.push_back(std::move(range));
      return;
    }
    to.back().bytes += range.bytes;
    to.back().end = range.end;
  }

  void lose_pending() {
    for (SpliceRange& range : pending_) {
      range.why = kUnproven;
      add(splice_.lost, std::move(range));
    }
    pending_.clear();
  }

  /// Neither has the frame that belongs here: goes on at the next place that is known. False if there is none.
  [[nodiscard]] Result<bool> skip() {
    lose_pending();
    auto to = next_place();
    if (!to) return propagate(to);
    const std::uint64_t at = point_.position.value;
    const std::string why = backup_ ? "the backup has not got them whole either" : kNoCopy;
    if (!*to) {
      add(splice_.lost, {at, std::max(evidence_.value, at) - at, point_.next_offset, std::nullopt, why});
      return false;
    }
    add(splice_.lost, {at, (*to)->position.value - at, point_.next_offset, (*to)->next_offset, why});
    add({point_, **to});
    point_ = **to;
    return true;
  }

  void add(const GapPlace& gap) {
    if (!splice_.gaps.empty() && splice_.gaps.back().to == gap.from)
      splice_.gaps.back().to = gap.to;
    else
      splice_.gaps.push_back(gap);
  }

  /// Behind a damaged body; at a mark; at a frame that stands at its own place; at the end that the next segment names.
  [[nodiscard]] Result<std::optional<ChainPoint>> next_place() {
    std::optional<ChainPoint> place;
    if (local_) {
      auto head = local_->head(point_, std::min(limit_, size_));
      if (!head) return propagate(head);
      if (*head) return after(point_, **head);
      auto found = find_head(seam_, *input_.local, point_, std::min(limit_, size_));
      if (!found) return propagate(found);
      if (*found) place = place_of(**found, point_);
    }
    for (const ChainPoint& mark : marks_) {
      const bool ahead = mark.position > point_.position && mark.next_offset >= point_.next_offset;
      if (ahead && (!place || mark.position <= place->position)) place = mark;
    }
    if (!place && input_.next) {
      const SegmentHeader& next = *input_.next;
      place = ChainPoint{{limit_},
                         input_.end.chain,
                         next.base_offset,
                         next.previous_last_sequence,
                         next.previous_last_append_time,
                         next.owner_epoch,
                         next.log_start};
    }
    return place;
  }

  void finish() {
    if (input_.next) learn(input_.next->owner_epoch, input_.next->log_start);
    splice_.end = point_.position;
    // What the newest segment has no evidence of, it need not have had.
    const bool needed = input_.next || (!pending_.empty() && (pending_.front().position < evidence_.value ||
                                                              pending_.front().begin < input_.consumed));
    if (needed || !input_.own_header) lose_pending();
    if (!pending_.empty()) splice_.end = {pending_.front().position};
    if (!input_.next && point_.next_offset < input_.consumed) {
      splice_.lacks_consumed = true;
      splice_.lost.push_back({point_.position.value, 0, point_.next_offset, input_.consumed,
                              "a view has consumed them, and nothing here tells where they ended"});
    }
    const bool linked = !input_.next || (point_.position == input_.end.position && point_.chain == input_.end.chain);
    if (!linked && splice_.lost.empty())
      add(splice_.lost,
          {point_.position.value, 0, point_.next_offset, point_.next_offset, "the next segment follows another chain"});
  }

  Seam& seam_;
  const SpliceInput& input_;
  std::optional<FrameWindow> local_;
  std::optional<FrameWindow> backup_;
  std::uint64_t size_ = 0;   ///< Of the local file.
  std::uint64_t limit_ = 0;  ///< No frame goes beyond it.
  Position evidence_;
  std::size_t gaps_settled_ = 0;  ///< So many of the first gaps are followed by a frame that says owner or log start.
  std::vector<ChainPoint> marks_;
  ChainPoint point_;
  std::vector<SpliceRange> pending_;
  Splice splice_;
};

}  // namespace

Result<Splice> plan_splice(Seam& seam, const SpliceInput& input) {
  return Splicer(seam, input).run();
}

}  // namespace kappa::log
