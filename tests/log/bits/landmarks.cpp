#include "landmarks.hpp"

#include <algorithm>

namespace kappa::test {

Landmarks::Landmarks(log::Seam& seam, const std::string& path, const std::vector<ServedBatch>& whole)
    : frames_(frames_of(seam, path)), batches_(whole.size()) {
  for (const PlacedFrame& frame : frames_) {
    const auto found = std::ranges::lower_bound(whole, frame.header.base_offset, {}, &ServedBatch::first);
    first_.push_back(static_cast<std::size_t>(found - whole.begin()));
  }
}

BatchRange Landmarks::around_frame(std::size_t frame) const {
  const std::size_t first = first_[frame];
  const std::size_t behind = first + frames_[frame].batches;
  return {first > 0 ? first - 1 : 0, std::min(behind + 1, batches_)};
}

std::size_t Landmarks::frame_at(std::uint64_t position) const {
  const auto behind = std::ranges::upper_bound(frames_, position, {}, &PlacedFrame::begin);
  return static_cast<std::size_t>(behind - frames_.begin()) - 1;
}

std::vector<BatchRange> Landmarks::around(const Injury& injury) const {
  if (!is_in_frames(injury)) return {around_frame(0), around_frame(frames_.size() - 1)};
  return {around_frame(frame_at(injury.position))};
}

std::size_t Landmarks::batches_before(const Injury& injury) const {
  return is_in_frames(injury) ? first_[frame_at(injury.position)] : batches_;
}

}  // namespace kappa::test
