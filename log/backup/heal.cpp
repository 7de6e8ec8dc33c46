// A partition is healed from its newest segment to its oldest, because each header says where and with what hash the
// segment before it ends. A segment is put together in DIR/damaged/healing: the local bytes, with those of the backup
// over the damaged ones. From there it is copied as a backup's segment is, which checks every hash once more, and takes
// the damaged file's name in one step. What it was before is kept first.
//
// Where something of a segment stays lost, only what could be healed is put in; the rest of the file stays as it is.
#include "backup/heal.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "backup/kept_aside.hpp"
#include "backup/put_together.hpp"
#include "backup/rebuilt_header.hpp"
#include "backup/whole_copy.hpp"
#include "fmt/format.h"
#include "segment/seal.hpp"

namespace kappa::log {
namespace {

constexpr const char* kNoCopy = "no copy has them";
constexpr const char* kNoCopyToTheMark =
    "no copy has them; the mark that tells of them is the last trace: what was appended behind it, if anything, "
    "is lost, too";

class PartitionHealer {
 public:
  PartitionHealer(Healing& healing, const std::string& topic, const ExpectedPartition& expected)
      : healing_(healing), seam_(healing.seam), topic_(topic), expected_(expected) {}

  [[nodiscard]] Result<void> run(const VerifyReport& verified) {
    // Of the header the neighbours complain; it is they who are looked at then.
    for (const Gap& gap : verified.gaps)
      if (healing_.backup != nullptr) gapped_.insert(gap.file);
    for (const Damage& damage : verified.damages)
      if (damage.position >= kBlockBytes || damage.bytes == 0) damaged_.emplace(damage.file, damage.position);
    auto bases = list_segments(seam_, expected_.directory);
    if (!bases && bases.error().code == Errc::not_found) bases = std::vector<Offset>{};
    if (!bases) return propagate(bases);
    tell_of_newer(*bases);
    if (bases->empty()) return {};
    for (std::optional<Offset> base = bases->back(); base; base = before(*base, *bases))
      if (auto looked = look_at(*base, *base == bases->back()); !looked) return looked;
    return {};
  }

 private:
  [[nodiscard]] std::string path_of(Offset base) const { return segment_path(expected_.directory, base); }
  [[nodiscard]] const BackupSegment* in_backup(Offset base) const {
    if (healing_.backup == nullptr) return nullptr;
    for (const BackupSegment& segment : healing_.backup->manifest.segments)
      if (segment.id == expected_.topic && segment.partition == expected_.partition && segment.base == base)
        return &segment;
    return nullptr;
  }

  /// Segments that the backup has, and that are newer than all that are here.
  void tell_of_newer(const std::vector<Offset>& bases) {
    if (healing_.backup == nullptr) return;
    for (const BackupSegment& segment : healing_.backup->manifest.segments) {
      if (segment.id != expected_.topic || segment.partition != expected_.partition) continue;
      if (!bases.empty() && segment.base <= bases.back()) continue;
      lose(path_of(segment.base), {0, 0, segment.base, std::nullopt,
                                   "it is missing, and was the newest: nothing tells what was appended to it after the "
                                   "backup; kappa restore makes a directory as it was then"});
    }
  }

  /// The segment before one: that which its header names, be it here or not; without a header, that which is here.
  [[nodiscard]] std::optional<Offset> before(Offset base, const std::vector<Offset>& bases) const {
    if (base <= std::max(expected_.log_start, expected_.log_start_max)) return std::nullopt;
    if (next_) return next_->previous_salt == 0 ? std::nullopt : std::optional(next_->previous_base);
    const auto at = std::ranges::lower_bound(bases, base);
    return at == bases.begin() ? std::nullopt : std::optional(*std::prev(at));
  }

  void lose(const std::string& path, const SpliceRange& range) {
    healing_.report.lost.push_back(
        {topic_, expected_.partition, path, range.position, range.bytes, range.begin, range.end, range.why});
  }

  [[nodiscard]] Result<void> look_at(Offset base, bool newest) {
    auto opened = open_segment(seam_, expected_.directory, base, Access::read_only);
    if (!opened && opened.error().code != Errc::corruption && opened.error().code != Errc::not_found)
      return propagate(opened);
    auto own_header = opened ? has_own_header(seam_, **opened) : Result<bool>(false);
    if (!own_header) return propagate(own_header);
    if (*own_header && !damaged_.contains(path_of(base)) && !gapped_.contains(path_of(base))) {
      next_ = (*opened)->start.header;
      return {};
    }
    SpliceInput input;
    if (*own_header)
      input.local = *opened;
    else if (opened)
      if (auto corrected = correct(**opened, input); !corrected) return corrected;
    if (auto prepared = prepare(base, input); !prepared) return prepared;
    const SharedSegment& copy = input.local ? input.local : input.backup;
    const std::optional<SegmentStart> start = copy ? std::optional(copy->start) : input.rebuilt;
    if (start) input.next = follower(base, start->header);
    if (input.next)
      if (auto known = find_end(seam_, input); !known) return known;
    auto hopeless = why_hopeless(base, input, newest);
    if (!hopeless) return propagate(hopeless);
    const std::optional<SegmentHeader> next = std::exchange(next_, std::nullopt);
    if (start) next_ = start->header;
    if (*hopeless) {
      if (next) (*hopeless)->end = next->base_offset;
      lose(path_of(base), **hopeless);
      return {};
    }
    if (newest) input.consumed = expected_.consumed;
    auto splice = plan_splice(seam_, input);
    if (!splice) return propagate(splice);
    const bool stays_gapped = gapped_.contains(path_of(base)) && splice->from_backup.empty();
    if (!splice->lost.empty() || stays_gapped) {
      auto whole = plan_whole_copy(seam_, input, gaps_that_may_be(*splice));
      if (!whole) return propagate(whole);
      if (*whole) return carry_out(base, input, **whole);
    }
    return carry_out(base, input, *splice);
  }

  /// In a copy that takes the segment's place. Where nothing is damaged it must have more than is here: no gap at all.
  [[nodiscard]] std::set<GapRecord> gaps_that_may_be(const Splice& splice) const {
    return splice.lost.empty() ? std::set<GapRecord>{} : healing_.recorded;
  }

  /// nullopt: there is something to work with.
  [[nodiscard]] Result<std::optional<SpliceRange>> why_hopeless(Offset base, const SpliceInput& input, bool newest) {
    const auto all = [&](const char* why) { return std::optional(SpliceRange{0, 0, base, std::nullopt, why}); };
    if (!input.local && outdated_)
      return all(
          "its header is damaged or the file missing, and the backup has it as it was before a compaction: some "
          "of it may have been deleted since");
    if (!input.local && !input.backup && !input.rebuilt)
      return all(healing_.backup != nullptr
                     ? "its header is damaged or the file missing, and the backup has nothing of it"
                     : "its header is damaged or the file missing, and what is whole beside it does not tell all of "
                       "the header");
    if (input.next) return std::nullopt;
    if (!newest) return all("nothing whole behind it tells where it ends");
    if (!input.local) return all("it is the newest, and missing");
    auto footer = read_footer(seam_, input.local->file, input.local->salt());
    if (!footer) return propagate(footer);
    if (!*footer) return std::nullopt;
    const FooterHeader& end = (*footer)->header;
    return SpliceRange{end.end.value, 0, end.end_offset, std::nullopt,
                       "the segment behind it is missing, and nothing tells what it had"};
  }

  /// The next segment's header, if it names this one.
  [[nodiscard]] std::optional<SegmentHeader> follower(Offset base, const SegmentHeader& header) const {
    const bool follows = next_ && next_->previous_base == base && next_->previous_salt == header.salt;
    return follows ? next_ : std::nullopt;
  }

  /// False: the backup may have events that compaction has removed since. Put back they would bring deleted rows back,
  /// as their deletions may be gone from other segments.
  [[nodiscard]] Result<bool> may_fit(const BackupSegment& segment, const SharedSegment& local) {
    const auto touches = [&](const auto& one) { return one.touches(segment.id, segment.partition, segment.base); };
    if (std::ranges::none_of(healing_.compactions, touches)) return true;
    if (!local) return false;
    auto footer = read_footer(seam_, local->file, local->salt());
    if (!footer) return propagate(footer);
    if (*footer) return (*footer)->header.end == segment.end && (*footer)->header.chain == segment.chain;
    auto mark = read_newest_mark(seam_, *local);
    if (!mark) return propagate(mark);
    return *mark && (*mark)->point.position == segment.end && (*mark)->point.chain == segment.chain;
  }

  /// The file under its own header, where it has another file's that tells enough of it.
  [[nodiscard]] Result<void> correct(const SegmentFile& segment, SpliceInput& input) {
    auto start = correct_header(seam_, segment);
    if (!start) return propagate(start);
    if (!*start) return {};
    auto file = seam_.open(segment.file.path(), OpenMode::read);
    if (!file) return propagate(file);
    input.rebuilt = **start;
    input.local = std::make_shared<const SegmentFile>(SegmentFile{std::move(*file), **start});
    return {};
  }

  /// The backup's part; and the local file under a header that was made anew, or under the backup's, where its own is
  /// damaged.
  [[nodiscard]] Result<void> prepare(Offset base, SpliceInput& input) {
    outdated_ = false;
    if (const BackupSegment* segment = in_backup(base)) {
      auto backup = open_backup_segment(seam_, healing_.backup->place, *segment);
      if (!backup && backup.error().code == Errc::io) return propagate(backup);
      auto fits = may_fit(*segment, input.local);
      if (!fits) return propagate(fits);
      outdated_ = !*fits;
      if (backup && *fits && (!input.local || is_same_segment(input.local->start.header, (*backup)->start.header))) {
        input.backup = *backup;
        input.backup_end = segment->end;
      }
    }
    if (input.local) return {};
    auto rebuilt = rebuild_header(seam_, expected_, base, next_);
    if (!rebuilt) return propagate(rebuilt);
    // The backup's may be that of another form of the segment.
    if (*rebuilt && ((*rebuilt)->is_proven || !input.backup)) input.rebuilt = (*rebuilt)->start;
    if (!input.backup && !input.rebuilt) return {};
    input.own_header = input.rebuilt.has_value();
    auto file = seam_.open(path_of(base), OpenMode::read);
    if (!file && file.error().code == Errc::not_found) return {};
    if (!file) return propagate(file);
    input.local = std::make_shared<const SegmentFile>(
        SegmentFile{std::move(*file), input.rebuilt ? *input.rebuilt : input.backup->start});
    return {};
  }

  [[nodiscard]] Result<void> carry_out(Offset base, const SpliceInput& input, const Splice& splice) {
    const std::string path = path_of(base);
    if (healing_.backup == nullptr && !splice.lost.empty()) return make_gaps(base, input, splice);
    const bool as_it_was = splice.from_backup.empty() && splice.lost.empty() && !damaged_.contains(path);
    if (as_it_was && (input.local && !input.rebuilt && input.own_header)) return {};
    const bool only_gapped = gapped_.contains(path) && !damaged_.contains(path);
    if (only_gapped && splice.from_backup.empty() && splice.lost.empty()) return {};
    for (const SpliceRange& range : splice.lost) lose(path, range);
    if (splice.from_backup.empty() && !splice.lost.empty() && !input.rebuilt) return {};
    for (const SpliceRange& range : splice.from_backup)
      healing_.report.healed.push_back({topic_, expected_.partition, path, range.position, range.bytes, range.begin,
                                        range.end, range.why.empty() ? "as the backup has it" : range.why});
    if (splice.from_backup.empty()) {
      const SpliceRange made = made_anew(path, base, input, splice);
      healing_.report.healed.push_back(
          {topic_, expected_.partition, path, made.position, made.bytes, made.begin, made.end, made.why});
    }
    if (healing_.mode == RepairMode::show) return {};
    return replace(base, input, splice);
  }

  /// Where nothing comes from the backup: what follows from the frames.
  [[nodiscard]] SpliceRange made_anew(const std::string& path, Offset base, const SpliceInput& input,
                                      const Splice& splice) const {
    if (!splice.lost.empty()) return {0, kBlockBytes, base, base, "header made anew"};
    if (input.rebuilt)
      return {0, kFirstFramePosition, base, base, "header, marks and end made anew: every event is whole"};
    const auto found = damaged_.find(path);
    const bool in_marks = found != damaged_.end() && found->second < kFirstFramePosition;
    const std::uint64_t bytes = in_marks ? kFirstFramePosition - kMarkPositionA : 0;
    return {in_marks ? kMarkPositionA : splice.end.value, bytes, base, base,
            "marks and end made anew: every event is whole"};
  }

  [[nodiscard]] Result<void> replace(Offset base, const SpliceInput& input, const Splice& splice) {
    const std::string path = path_of(base);
    if (input.local) {
      const std::string name = fmt::format("{}-{}-{:020}.seg", topic_, expected_.partition, base.value);
      if (auto kept = keep_aside(healing_, path, name); !kept) return kept;
    }
    return put_together(healing_, path, input, splice);
  }

  /// Only gaps that are on record are made; the others are to be recorded first.
  [[nodiscard]] Result<void> make_gaps(Offset base, const SpliceInput& input, const Splice& splice) {
    const std::string path = path_of(base);
    const std::string why = why_no_gap(input, splice);
    if (!why.empty()) {
      for (SpliceRange range : splice.lost) lose(path, (range.why = why, range));
      return {};
    }
    bool recorded = true;
    for (const GapPlace& gap : splice.gaps) {
      const std::uint64_t bytes = gap.to.position.value - gap.from.position.value;
      const bool ends_at_mark = splice.is_cut_off && gap.to == splice.gaps.back().to;
      healing_.report.gaps.push_back({topic_, expected_.partition, path, gap.from.position.value, bytes,
                                      gap.from.next_offset, gap.to.next_offset,
                                      ends_at_mark ? kNoCopyToTheMark : kNoCopy});
      const GapRecord record{expected_.topic,      expected_.partition, base, gap.from.position.value, bytes,
                             gap.from.next_offset, gap.to.next_offset};
      if (is_on_record(record)) continue;
      recorded = false;
      healing_.to_record.push_back({topic_, record});
    }
    if (healing_.mode == RepairMode::show || !recorded) return {};
    return replace(base, input, splice);
  }

  /// A gap that was repacked since, and is damaged itself, is the same one.
  [[nodiscard]] bool is_on_record(const GapRecord& gap) const {
    if (gap.begin == gap.end) return healing_.recorded.contains(gap);
    return std::ranges::any_of(healing_.recorded,
                               [&](const GapRecord& one) { return one.has(gap.segment, gap.begin, gap.end); });
  }

  /// Empty: each range that is lost can become a gap.
  [[nodiscard]] std::string why_no_gap(const SpliceInput& input, const Splice& splice) const {
    if (topic_ == kCatalogTopic)
      return "the catalog has no gaps: without these events nobody knows what topics and views there are";
    for (const GapPlace& gap : splice.gaps)
      if (encode_gap(gap, input.salt(), 0).empty()) return "what is whole around it leaves no room for a gap";
    if (splice.lacks_consumed)
      return fmt::format(
          "nothing tells where it ended, and a view has consumed events up to offset {}: once that view is dropped "
          "(kappa view drop), what is left can do without them",
          input.consumed.value);
    if (splice.gaps.empty() || !splice.lost.back().end)
      return "nothing whole behind it tells how much is lost, so it cannot become a gap";
    return {};
  }

  Healing& healing_;
  Seam& seam_;
  const std::string& topic_;
  const ExpectedPartition& expected_;
  std::map<std::string, std::uint64_t> damaged_;  ///< Files, each with where the first damage is.
  std::set<std::string> gapped_;                  ///< Whole but for gaps, which a backup may fill.
  std::optional<SegmentHeader> next_;             ///< Of the segment after the one that is looked at.
  bool outdated_ = false;                         ///< Of that one the backup has what was before a compaction.
};

}  // namespace

Result<void> heal_partition(Healing& healing, const std::string& topic, const ExpectedPartition& expected) {
  auto verified = verify_segments(healing.seam, expected, nullptr);
  if (!verified) return propagate(verified);
  if (verified->damages.empty() && (verified->gaps.empty() || healing.backup == nullptr)) return {};
  RepairReport& report = healing.report;
  const std::size_t lost = report.lost.size();
  const std::size_t healed = report.healed.size();
  const std::size_t gaps = report.gaps.size();
  if (auto done = PartitionHealer(healing, topic, expected).run(*verified); !done) return done;
  if (report.gaps.size() > gaps) return {};
  const bool applied = healing.mode == RepairMode::apply && report.healed.size() > healed;
  if (applied) verified = verify_segments(healing.seam, expected, nullptr);
  if (!verified) return propagate(verified);
  // What verification knows, and nobody else has told of.
  if (report.lost.size() > lost || (!applied && report.healed.size() > healed)) return {};
  for (const Damage& damage : verified->damages)
    report.lost.push_back(
        {topic, expected.partition, damage.file, damage.position, damage.bytes, {}, std::nullopt, damage.what});
  return {};
}

}  // namespace kappa::log
