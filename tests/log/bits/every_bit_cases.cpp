#include "every_bit_cases.hpp"

#include <stdexcept>

#include "must.hpp"

namespace kappa::test {
namespace {

std::uint64_t newest_mark(const CrashDisk& image, const std::string& path) {
  CrashDisk disk = image.after_kill();
  DiskSeam seam(disk);
  const auto segment = must(log::open_segment_file(seam, path, log::Access::read_only));
  return must(log::read_newest_mark(seam, *segment)).value().point.position.value;
}

void sealed(const Effort& effort, Tally& tally) {
  const MixedLog log(MixedLog::kLargeLeft);
  OpenJudge judge(log, log.closed(), log.left());
  try_left_segment(judge, Verified::some, effort, tally);
}

void repacked(const Effort& effort, Tally& tally) {
  const MixedLog log(MixedLog::kLargeLeft);
  OpenJudge judge(log, log.repacked(), log.left());
  try_left_segment(judge, Verified::each_bit, effort, tally);
}

void newest_frames(const Effort& effort, Tally& tally) {
  const MixedLog log(MixedLog::kLargeNewest);
  OpenJudge judge(log, log.closed(), log.newest());
  try_newest_frames(judge, effort, tally);
}

void newest_closed(const Effort& effort, Tally& tally) {
  const MixedLog log(MixedLog::kLargeNewest);
  ColdJudge judge(log, log.closed(), log.newest());
  judge.read_around();
  judge.opening_reads_from(judge.landmarks().end());
  const std::uint64_t unread = OpenJudge(log, log.closed(), log.newest()).unread_end();
  try_newest_cold(judge, unread, judge.landmarks().end(), effort, tally);
}

void newest_killed(const Effort& effort, Tally& tally) {
  const MixedLog log(MixedLog::kLargeNewest);
  const std::uint64_t mark = newest_mark(log.killed(), log.newest());
  ColdJudge judge(log, log.killed(), log.newest());
  judge.read_around();
  judge.opening_reads_from(mark);
  judge.last_frame_is_unmarked();
  try_newest_cold(judge, mark, mark, effort, tally);
}

/// One of each kind; the others are hints, locks, and what a repair has kept aside.
void small_files(const Effort& effort, Tally& tally) {
  const MixedLog log(MixedLog::kSmall);
  const log::Layout layout{MixedLog::kRoot};
  const std::string catalog = layout.partition(log::kCatalogTopic, 0);
  for (const std::string& path :
       {layout.kappa_file(), layout.sequence_file(), layout.partition(MixedLog::kTopic, 0) + "/head", catalog + "/head",
        log::segment_path(catalog, {0}), log.left(), log.newest()}) {
    ColdJudge judge(log, log.repacked(), path);
    try_file(judge, effort, tally);
  }
}

/// The manifest, a segment of the catalog, the topic's sealed and open ones.
void backup(const Effort& effort, Tally& tally) {
  const MixedLog log(MixedLog::kSmall);
  BackupJudge judge(log, log.repacked());
  for (const std::string& file : judge.files()) try_backup_file(judge, file, effort, tally);
}

}  // namespace

const std::vector<BitCase>& bit_cases() {
  static const std::vector<BitCase> cases{{"SealedSegment", 8, 8192, sealed},
                                          {"RepackedSegment", 8, 8192, repacked},
                                          {"NewestSegment", 8, 8192, newest_frames},
                                          {"NewestSegmentClosed", 2, 2048, newest_closed},
                                          {"NewestSegmentKilled", 2, 1024, newest_killed},
                                          {"SmallFiles", 2, 512, small_files},
                                          {"Backup", 2, 1024, backup}};
  return cases;
}

Tally run_case(const BitCase& one, const Effort& effort) {
  Tally tally;
  one.run(effort, tally);
  return tally;
}

}  // namespace kappa::test
