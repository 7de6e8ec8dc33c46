#pragma once
#include <memory>

#include "disk_seam.hpp"
#include "landmarks.hpp"
#include "tally.hpp"

namespace kappa::test {

/// A directory that was opened whole and stays open while one of its files is injured again and again: for what opening
/// has not read, so that it would not have been another if that had been damaged before. Whatever is done, nothing is
/// written to the file. Not thread-safe.
class OpenJudge {
 public:
  OpenJudge(const MixedLog& log, const CrashDisk& image, const std::string& path);

  [[nodiscard]] const Landmarks& landmarks() const { return *landmarks_; }
  /// Frames before this were not read by opening.
  [[nodiscard]] std::uint64_t unread_end() const { return end_; }
  [[nodiscard]] const std::vector<std::byte>& content() const { return file_.content(); }

  /// Reads around the injury, and notes the outcome where reading tells. Else it is up to verification.
  [[nodiscard]] bool told_by_reading(const Injury& injury, Tally& tally);
  /// The same from the log's start to its end.
  [[nodiscard]] bool told_by_reading_all(const Injury& injury, Tally& tally);
  [[nodiscard]] bool told_by_verifying(const Injury& injury, Tally& tally);

  /// Verification goes on behind damage at the next entry of the footer's index. So in each stretch between two of them
  /// one bit is turned, the so manieth, and each has to be told.
  void verify_stretches(std::uint64_t bit, Tally& tally);
  /// How many bits the longest of them has.
  [[nodiscard]] std::uint64_t longest_stretch() const;

 private:
  [[nodiscard]] bool tells(const Injury& injury, const BatchRange& range, Tally& tally);
  void check_unchanged(const Injury& injury, Tally& tally);

  CrashDisk disk_;
  DiskSeam seam_;
  InjuredFile file_;
  std::unique_ptr<log::Directory> directory_;
  log::TopicInfo topic_;
  std::vector<ServedBatch> whole_;
  std::unique_ptr<Landmarks> landmarks_;
  std::uint64_t end_ = 0;
  std::vector<std::uint64_t> stretches_;  ///< Where they begin, and where the last one ends; none without a footer.
};

}  // namespace kappa::test
