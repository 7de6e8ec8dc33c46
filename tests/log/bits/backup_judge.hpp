#pragma once
#include "disk_seam.hpp"
#include "mixed_log.hpp"
#include "served.hpp"
#include "tally.hpp"

namespace kappa::test {

/// A backup of which one file is damaged: it is checked and, where that finds nothing, restored and read. What comes of
/// restoring one that is damaged, if anything, has the same events, too; of that, samples. Not thread-safe.
class BackupJudge {
 public:
  BackupJudge(const MixedLog& log, const CrashDisk& image);

  /// Paths of all its files.
  [[nodiscard]] const std::vector<std::string>& files() const { return files_; }
  [[nodiscard]] std::vector<std::byte> content_of(const std::string& file);
  void judge(const std::string& file, const Injury& injury, Tally& tally);

 private:
  /// Empty: nothing, or what was backed up.
  [[nodiscard]] std::string restored(log::Seam& seam, bool must_be) const;

  const MixedLog& log_;
  CrashDisk image_;
  std::vector<std::string> files_;
  std::vector<ServedBatch> whole_;
  std::uint64_t told_ = 0;
};

}  // namespace kappa::test
