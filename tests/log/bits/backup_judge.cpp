#include "backup_judge.hpp"

#include "kappa/log/backup.hpp"
#include "must.hpp"

namespace kappa::test {
namespace {

constexpr const char* kBackup = "/backup";
constexpr const char* kRestored = "/restored";
constexpr std::uint64_t kRestoredOneIn = 64;  // Of those that were told.

}  // namespace

BackupJudge::BackupJudge(const MixedLog& log, const CrashDisk& image) : log_(log), image_(image.after_kill()) {
  DiskSeam seam(image_);
  const auto directory = must(log::open_directory(MixedLog::kRoot, {.seam = &seam}, log.protocol()));
  whole_ = must(read_all(*directory, must(directory->catalog().find_topic(MixedLog::kTopic)).value()));
  static_cast<void>(must(log::back_up(*directory, kBackup)));
  image_.settle_store();
  const std::string backup = kBackup;
  for (const std::string& folder : {backup, backup + "/segments"})
    for (const std::string& name : image_.list(folder))
      if (const std::string path = folder + "/" + name; !image_.find(path)->is_directory) files_.push_back(path);
}

std::vector<std::byte> BackupJudge::content_of(const std::string& file) {
  DiskSeam seam(image_);
  return must(log::read_file(seam, file));
}

std::string BackupJudge::restored(log::Seam& seam, bool must_be) const {
  if (auto done = log::restore(kBackup, kRestored, {.seam = &seam}); !done)
    return must_be ? "it cannot be restored: " + done.error().message : "";
  auto directory = log::open_directory(kRestored, {.seam = &seam}, log_.protocol());
  if (!directory) return "what is restored cannot be opened: " + directory.error().message;
  auto topic = (*directory)->catalog().find_topic(MixedLog::kTopic);
  if (!topic || !*topic) return "a topic is missing from what is restored";
  const Reading reading = read_between(**directory, **topic, whole_, 0, whole_.size());
  if (reading.error) return "what is restored cannot be read: " + reading.error->message;
  return reading.ended ? "less is restored" : reading.wrong;
}

void BackupJudge::judge(const std::string& file, const Injury& injury, Tally& tally) {
  CrashDisk disk = image_.after_kill();
  damage(disk, file, injury);
  DiskSeam seam(disk);
  const auto checked = log::check_backup(kBackup, {.seam = &seam});
  const bool told = !checked || !checked->damages.empty();
  std::string wrong;
  if (!checked) wrong = why_no_telling(checked.error(), file);
  if (checked && told && checked->damages[0].file != file) wrong = "another file is named: " + checked->damages[0].file;
  if (wrong.empty() && (!told || ++told_ % kRestoredOneIn == 0)) wrong = restored(seam, !told);
  if (!wrong.empty()) return tally.fault(injury, file + ": " + wrong);
  tally.note(told ? Outcome::checking : Outcome::harmless);
}

}  // namespace kappa::test
