#pragma once
#include "disk_seam.hpp"
#include "landmarks.hpp"
#include "tally.hpp"

namespace kappa::test {

/// A machine that is started with one file damaged, once for each injury: opens the directory, reads, verifies. Not
/// thread-safe.
class ColdJudge {
 public:
  ColdJudge(const MixedLog& log, const CrashDisk& image, std::string path);

  [[nodiscard]] const std::vector<std::byte>& content() const { return content_; }
  /// Only for a segment of the topic: reads around the injury instead of all.
  void read_around();
  [[nodiscard]] const Landmarks& landmarks() const { return *landmarks_; }
  /// From here on opening reads what the file holds, so it writes nothing if that is damaged.
  void opening_reads_from(std::uint64_t position) { read_from_ = position; }
  /// Nothing vouches for the file's last frame: if that alone is lost and kept aside, it is the residual. So is an end
  /// that was cut off behind the newest mark.
  void last_frame_is_unmarked() { residual_ = true; }

  void judge(const Injury& injury, Tally& tally);

 private:
  struct Opened;
  /// Nothing: neither the opening nor reading tells.
  [[nodiscard]] std::optional<Outcome> open_and_read(const Injury& injury, Opened& opened, std::string& wrong);
  [[nodiscard]] std::optional<Outcome> read(const Injury& injury, Opened& opened, std::string& wrong);
  [[nodiscard]] bool is_residual(const Injury& injury, Opened& opened, std::size_t served) const;

  const MixedLog& log_;
  CrashDisk image_;
  std::string path_;
  std::vector<std::byte> content_;  ///< Of the file, whole.
  std::uint64_t read_from_ = UINT64_MAX;
  bool residual_ = false;
  std::vector<ServedBatch> whole_;
  std::vector<std::string> topics_;
  std::unique_ptr<Landmarks> landmarks_;  ///< nullptr: everything is read.
};

}  // namespace kappa::test
