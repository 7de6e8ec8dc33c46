#include "open_judge.hpp"

#include <algorithm>

#include "kappa/log/verify.hpp"
#include "must.hpp"
#include "segment/seal.hpp"

namespace kappa::test {

OpenJudge::OpenJudge(const MixedLog& log, const CrashDisk& image, const std::string& path)
    : disk_(image.after_kill()), seam_(disk_), file_(seam_, path) {
  directory_ = must(log::open_directory(MixedLog::kRoot, {.seam = &file_}, log.protocol()));
  topic_ = must(directory_->catalog().find_topic(MixedLog::kTopic)).value();
  static_cast<void>(must(directory_->reader(topic_)));
  file_.stop_noting();
  whole_ = must(read_all(*directory_, topic_));
  landmarks_ = std::make_unique<Landmarks>(seam_, path, whole_);
  end_ = landmarks_->end();
  for (const PlacedFrame& frame : landmarks_->frames())
    if (file_.was_read(frame.begin(), frame.end())) end_ = std::min(end_, frame.begin());
  file_.take_over();
  const auto segment = must(log::open_segment_file(seam_, path, log::Access::read_only));
  const auto footer = must(log::read_footer(seam_, segment->file, segment->salt()));
  if (!footer) return;
  for (const log::IndexEntry& entry : footer->index) stretches_.push_back(entry.position.value);
  stretches_.push_back(footer->header.end.value);
  if (stretches_.front() != log::kFirstFramePosition) stretches_.insert(stretches_.begin(), log::kFirstFramePosition);
}

void OpenJudge::check_unchanged(const Injury& injury, Tally& tally) {
  if (file_.changes() != 0) tally.fault(injury, "something is written to the damaged file");
}

bool OpenJudge::tells(const Injury& injury, const BatchRange& range, Tally& tally) {
  const Reading reading = read_between(*directory_, topic_, whole_, range.from, range.to);
  if (!reading.wrong.empty()) return tally.fault(injury, reading.wrong), true;
  if (reading.ended) return tally.fault(injury, "the log ends early, and nobody tells"), true;
  if (!reading.error) return false;
  const std::string wrong = why_no_telling(*reading.error, file_.path());
  wrong.empty() ? tally.note(Outcome::reading) : tally.fault(injury, wrong);
  return true;
}

bool OpenJudge::told_by_reading(const Injury& injury, Tally& tally) {
  file_.injure(injury);
  bool told = false;
  for (const BatchRange& range : landmarks_->around(injury)) told = told || tells(injury, range, tally);
  check_unchanged(injury, tally);
  file_.heal(injury);
  return told;
}

bool OpenJudge::told_by_reading_all(const Injury& injury, Tally& tally) {
  file_.injure(injury);
  const bool told = tells(injury, {0, whole_.size()}, tally);
  check_unchanged(injury, tally);
  file_.heal(injury);
  return told;
}

bool OpenJudge::told_by_verifying(const Injury& injury, Tally& tally) {
  file_.injure(injury);
  const auto report = log::verify_partition(*directory_, topic_, 0);
  check_unchanged(injury, tally);
  file_.heal(injury);
  if (!report) {
    const std::string wrong = why_no_telling(report.error(), file_.path());
    wrong.empty() ? tally.note(Outcome::verifying) : tally.fault(injury, wrong);
    return true;
  }
  if (report->damages.empty()) return false;
  if (std::ranges::find(report->damages, file_.path(), &log::Damage::file) == report->damages.end())
    tally.fault(injury, "verify names another file: " + report->damages[0].file);
  else
    tally.note(Outcome::verifying);
  return true;
}

std::uint64_t OpenJudge::longest_stretch() const {
  std::uint64_t longest = 0;
  for (std::size_t i = 1; i < stretches_.size(); ++i) longest = std::max(longest, stretches_[i] - stretches_[i - 1]);
  return longest * 8;
}

void OpenJudge::verify_stretches(std::uint64_t bit, Tally& tally) {
  std::vector<Injury> injuries;
  for (std::size_t i = 1; i < stretches_.size(); ++i)
    if (const std::uint64_t at = stretches_[i - 1] + bit / 8; at < stretches_[i])
      injuries.push_back({Injury::Kind::bit, at, static_cast<unsigned>(bit % 8)});
  for (const Injury& injury : injuries) file_.injure(injury);
  const auto report = log::verify_partition(*directory_, topic_, 0);
  for (const Injury& injury : injuries) file_.heal(injury);
  for (const Injury& injury : injuries) {
    const bool told = report && std::ranges::any_of(report->damages, [&](const log::Damage& damage) {
                        return damage.file == file_.path() && damage.position <= injury.position &&
                               injury.position < damage.position + damage.bytes;
                      });
    told ? tally.note(Outcome::verifying) : tally.fault(injury, "verify does not tell");
  }
  if (!injuries.empty()) check_unchanged(injuries[0], tally);
}

}  // namespace kappa::test
