#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "format/frame.hpp"
#include "protocol/segment_file.hpp"
#include "temporary_directory.hpp"

namespace kappa::log {

/// Segments of a partition, written without the protocol, in a temporary directory that goes with the object.
class PartitionFiles {
 public:
  PartitionFiles();
  PartitionFiles(const PartitionFiles&) = delete;
  PartitionFiles& operator=(const PartitionFiles&) = delete;

  /// Writes frames of one event each, whose values have this size.
  void append(std::size_t frames, std::size_t value_bytes = 10);
  /// Writes a mark at the end of the frames so far.
  void mark();
  /// Leaves the segment for a new one.
  void roll();

  [[nodiscard]] const std::string& directory() const { return directory_; }
  [[nodiscard]] std::string path(std::size_t segment) const { return segments_[segment]->file.path(); }
  [[nodiscard]] const SharedSegment& segment(std::size_t i) const { return segments_[i]; }
  [[nodiscard]] const ChainPoint& end() const { return end_; }
  /// Where the frames of the newest segment begin, and where they end.
  [[nodiscard]] const std::vector<ChainPoint>& points() const { return points_; }

  /// Changes one byte of a file.
  static void invert(const std::string& path, std::uint64_t position);
  [[nodiscard]] static std::vector<std::byte> content(const std::string& path);

 private:
  void begin(const SegmentHeader& header);
  test::TemporaryDirectory root_;
  std::string directory_ = root_.path().string();
  std::vector<SharedSegment> segments_;
  std::vector<ChainPoint> points_;
  ChainPoint end_;
  std::uint64_t marks_ = 0;
};

}  // namespace kappa::log
