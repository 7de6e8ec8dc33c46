#include "cold_judge.hpp"

#include <algorithm>

#include "kappa/log/verify.hpp"
#include "must.hpp"

namespace kappa::test {
namespace {

std::vector<std::string> names_of(const std::vector<log::TopicInfo>& topics) {
  std::vector<std::string> names;
  for (const log::TopicInfo& topic : topics) names.push_back(topic.name);
  return names;
}

}  // namespace

/// Ends in the order in which it was made: directory, file, machine, disk.
struct ColdJudge::Opened {
  Opened(CrashDisk image, const std::string& path) : disk(std::move(image)), seam(disk), file(seam, path) {}
  CrashDisk disk;
  DiskSeam seam;
  WatchedFile file;
  std::unique_ptr<log::Directory> directory;
  std::vector<log::TopicInfo> topics;
};

ColdJudge::ColdJudge(const MixedLog& log, const CrashDisk& image, std::string path)
    : log_(log), image_(image.after_kill()), path_(std::move(path)) {
  CrashDisk disk = image_.after_kill();
  DiskSeam seam(disk);
  content_ = must(log::read_file(seam, path_));
  const auto directory = must(log::open_directory(MixedLog::kRoot, {.seam = &seam}, log.protocol()));
  topics_ = names_of(must(directory->catalog().topics()));
  whole_ = must(read_all(*directory, must(directory->catalog().find_topic(MixedLog::kTopic)).value()));
}

void ColdJudge::read_around() {
  CrashDisk disk = image_.after_kill();
  DiskSeam seam(disk);
  landmarks_ = std::make_unique<Landmarks>(seam, path_, whole_);
}

bool ColdJudge::is_residual(const Injury& injury, Opened& opened, std::size_t served) const {
  if (!residual_ || injury.position < read_from_) return false;
  // A file that was cut off behind its newest mark shows no trace of the frames that are gone.
  if (injury.kind == Injury::Kind::cut) return served >= landmarks_->batches_before(injury);
  const auto notes = opened.directory->take_recovery_notes();
  return served >= landmarks_->last_batch() && notes.size() == 1 && notes[0].file == path_ &&
         opened.disk.find(notes[0].kept_aside) != nullptr;
}

std::optional<Outcome> ColdJudge::read(const Injury& injury, Opened& opened, std::string& wrong) {
  const auto topic = std::ranges::find(opened.topics, MixedLog::kTopic, &log::TopicInfo::name);
  std::vector<BatchRange> ranges{{0, whole_.size()}};
  if (landmarks_) ranges = landmarks_->around(injury);
  for (const BatchRange& range : ranges) {
    const Reading reading = read_between(*opened.directory, *topic, whole_, range.from, range.to);
    wrong = reading.wrong;
    if (!wrong.empty()) return std::nullopt;
    if (reading.error) {
      wrong = why_no_telling(*reading.error, path_);
      return Outcome::reading;
    }
    if (!reading.ended) continue;
    if (is_residual(injury, opened, range.from + reading.served)) return Outcome::residual;
    wrong = "the log ends early, and nobody tells";
    return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Outcome> ColdJudge::open_and_read(const Injury& injury, Opened& opened, std::string& wrong) {
  const auto told = [&](const Error& error) {
    wrong = why_no_telling(error, path_);
    return Outcome::opening;
  };
  auto directory = log::open_directory(MixedLog::kRoot, {.seam = &opened.file}, log_.protocol());
  if (!directory) return told(directory.error());
  opened.directory = std::move(*directory);
  auto topics = opened.directory->catalog().topics();
  if (!topics) return told(topics.error());
  if (names_of(*topics) != topics_) {
    wrong = "other topics";
    return std::nullopt;
  }
  opened.topics = std::move(*topics);
  return read(injury, opened, wrong);
}

void ColdJudge::judge(const Injury& injury, Tally& tally) {
  CrashDisk damaged = image_.after_kill();
  damage(damaged, path_, injury);
  Opened opened(std::move(damaged), path_);
  std::string wrong;
  const auto outcome = open_and_read(injury, opened, wrong);
  if (!wrong.empty()) return tally.fault(injury, wrong);
  const bool told = outcome && outcome != Outcome::residual;
  const bool seen = outcome == Outcome::opening || injury.kind == Injury::Kind::cut || injury.position >= read_from_;
  if (told && seen && opened.file.changes() != 0) return tally.fault(injury, "the damaged file is written to");
  if (outcome) return tally.note(*outcome);
  opened.topics.push_back(must(opened.directory->catalog().find_topic(log::kCatalogTopic)).value());
  const bool whole = std::ranges::all_of(opened.topics, [&](const log::TopicInfo& topic) {
    const auto report = log::verify_partition(*opened.directory, topic, 0);
    return report && report->damages.empty();
  });
  tally.note(whole ? Outcome::harmless : Outcome::verifying);
}

}  // namespace kappa::test
