#pragma once
#include <vector>

#include "injured_file.hpp"
#include "mixed_log.hpp"
#include "served.hpp"

namespace kappa::test {

/// Batches [from, to) of all.
struct BatchRange {
  std::size_t from = 0;
  std::size_t to = 0;
};

/// Where in a log the frames of one of its files are: so that it is enough to read around what is injured. Undamaged
/// frames are told from each other by the place alone at which a reader stands, so reading from the frame before on
/// comes to the same as reading from the start.
class Landmarks {
 public:
  Landmarks(log::Seam& seam, const std::string& path, const std::vector<ServedBatch>& whole);

  [[nodiscard]] const std::vector<PlacedFrame>& frames() const { return frames_; }
  /// Where the frames end.
  [[nodiscard]] std::uint64_t end() const { return frames_.back().end(); }
  [[nodiscard]] bool is_in_frames(const Injury& injury) const {
    return injury.position >= log::kFirstFramePosition && injury.position < end();
  }
  /// What to read: from the frame before the injury to one behind it. Where it is in none, around the file's first
  /// frame and its last one.
  [[nodiscard]] std::vector<BatchRange> around(const Injury& injury) const;
  /// Of all, those before the frame in which the injury is.
  [[nodiscard]] std::size_t batches_before(const Injury& injury) const;
  /// The first batch of the last frame.
  [[nodiscard]] std::size_t last_batch() const { return first_[frames_.size() - 1]; }

 private:
  [[nodiscard]] std::size_t frame_at(std::uint64_t position) const;
  [[nodiscard]] BatchRange around_frame(std::size_t frame) const;

  std::vector<PlacedFrame> frames_;
  std::vector<std::size_t> first_;  ///< Batch of each frame; where it has none, the next one.
  std::size_t batches_ = 0;         ///< Of all files.
};

}  // namespace kappa::test
