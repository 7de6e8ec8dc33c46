#pragma once
#include <string>
#include <vector>

#include "crash_disk.hpp"
#include "directory/log_directory.hpp"
#include "images.hpp"
#include "protocol/segment_file.hpp"

namespace kappa::test {

/// A frame as it stands in a file.
struct PlacedFrame {
  log::FrameHeader header;
  std::size_t batches = 0;  ///< That readers are given of it.
  [[nodiscard]] std::uint64_t begin() const { return header.position.value; }
  [[nodiscard]] std::uint64_t end() const { return begin() + header.frame_bytes(); }
};
/// All frames of a segment that are whole.
[[nodiscard]] std::vector<PlacedFrame> frames_of(log::Seam& seam, const std::string& path);

/// A directory after some life, as disks of a machine that has been started again: a topic whose first segments went
/// by retention, with an owner, commits, a producer, events of all shapes; a segment of 1 MiB that was left; a newest
/// one that fills a file of 1 MiB.
class MixedLog {
 public:
  static constexpr const char* kRoot = "/log";
  static constexpr const char* kTopic = "t";
  /// How many bytes of frames the two segments have.
  struct Sizes {
    std::uint64_t left = 0;
    std::uint64_t newest = 0;
  };
  static constexpr Sizes kLargeLeft{1'150'000, 20'000};
  static constexpr Sizes kLargeNewest{40'000, 940'000};
  static constexpr Sizes kSmall{40'000, 20'000};

  explicit MixedLog(const Sizes& sizes);

  /// The power went before the newest segment's last frames were marked.
  [[nodiscard]] const CrashDisk& killed() const { return killed_; }
  /// Closed in order, the segment that was left sealed.
  [[nodiscard]] const CrashDisk& closed() const { return closed_; }
  /// That one repacked, with a gap in the place of one of its frames.
  [[nodiscard]] const CrashDisk& repacked() const { return repacked_; }
  [[nodiscard]] const log::ProtocolOptions& protocol() const { return protocol_; }
  [[nodiscard]] const std::string& left() const { return left_; }      ///< Path of the segment that was left.
  [[nodiscard]] const std::string& newest() const { return newest_; }  ///< Path of the newest one.

 private:
  void fill_small(log::Seam& seam);
  void fill(log::Seam& seam, CrashDisk& disk, const Sizes& sizes);
  void append_round(log::Appender& appender, std::uint32_t epoch);
  void repack(CrashDisk disk);
  [[nodiscard]] CrashDisk without_power(CrashDisk& disk);
  [[nodiscard]] std::string text(std::size_t bytes);

  log::ProtocolOptions protocol_;
  CrashDisk killed_;
  CrashDisk closed_;
  CrashDisk repacked_;
  std::string left_;
  std::string newest_;
  log::TopicId input_;  ///< Of the topic that commits name as consumed.
  Random random_{17};
};

}  // namespace kappa::test
