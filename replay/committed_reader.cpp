// Readers of a changelog see whole commits only. Whether a frame belongs to one is known when the frame that ends
// the commit has been seen, possibly many frames later; so a scout reads headers ahead and says which offsets are
// settled, and the reader proper delivers settled frames and passes over void ones. Nothing is held in memory but the
// ranges of void commits between the two.
#include <deque>
#include <utility>

#include "kappa/replay/replay.hpp"

namespace kappa::replay {
namespace {

struct VoidRange {
  Offset first;
  Offset end;
};

class CommittedReader final : public log::PartitionReader {
 public:
  CommittedReader(std::unique_ptr<log::PartitionReader> scout, std::unique_ptr<log::PartitionReader> data)
      : scout_(std::move(scout)), data_(std::move(data)) {}

  Result<log::PartitionExtent> extent() override { return data_->extent(); }
  Result<Offset> offset_at(Micros append_time) override { return data_->offset_at(append_time); }
  const log::FrameInfo& info() const override { return data_->info(); }
  // The scout may be ahead: it looks at another moment, or has itself helped an appender that nobody else waited for.
  Result<void> wait(std::stop_token stop) override { return (position_ < settled_ ? data_ : scout_)->wait(stop); }

  Result<log::SkippedRange> skip_damage() override {
    return fail(Errc::usage, "damage among a view's changes is not left out: they are read in whole commits",
                "kappa verify shows what is damaged; kappa repair what can be done");
  }

  Result<void> seek(Offset offset) override {
    if (auto sought = scout_->seek(offset); !sought) return sought;
    open_.reset(), voids_.clear();
    settled_ = Offset{};
    position_ = offset;
    return data_->seek(offset);
  }

  Result<std::optional<EventBatch>> next() override {
    for (;;) {
      const auto may = has_settled();
      if (!may) return std::unexpected(may.error());
      if (!*may) return std::optional<EventBatch>();
      auto batch = data_->next();
      if (!batch || !*batch) return batch;
      position_ = (*batch)->end_offset();
      if ((*batch)->columns.count != 0 && !is_void((*batch)->first_offset)) return batch;
    }
  }

  Result<std::optional<log::FrameInfo>> next_info() override {
    for (;;) {
      const auto may = has_settled();
      if (!may) return std::unexpected(may.error());
      if (!*may) return std::optional<log::FrameInfo>();
      auto frame = data_->next_info();
      if (!frame || !*frame) return frame;
      position_ = (*frame)->end_offset();
      if ((*frame)->count != 0 && !is_void((*frame)->first_offset)) return frame;
    }
  }

 private:
  // True if an event before settled_ is still to be delivered; reads headers ahead until it is or none is left.
  Result<bool> has_settled() {
    while (position_ >= settled_) {
      auto frame = scout_->next_info();
      if (!frame) return propagate(frame);
      if (!*frame) return false;
      settle(**frame);
    }
    return true;
  }

  void settle(const log::FrameInfo& frame) {
    const Offset end = frame.end_offset();
    if (!frame.commit) {
      settled_ = end;
      return;
    }
    if (frame.group_begin && open_ && *open_ < frame.first_offset) voids_.push_back({*open_, frame.first_offset});
    if (frame.group_begin || !open_) open_ = frame.first_offset;
    if (!frame.group_end) return;
    open_.reset();
    settled_ = end;
  }

  bool is_void(Offset offset) {
    while (!voids_.empty() && voids_.front().end <= offset) voids_.pop_front();
    return !voids_.empty() && voids_.front().first <= offset;
  }

  std::unique_ptr<log::PartitionReader> scout_;
  std::unique_ptr<log::PartitionReader> data_;
  std::optional<Offset> open_;  // Where the commit that the scout is in began.
  std::deque<VoidRange> voids_;
  Offset settled_;   // Every event before it is in a whole commit or in a void range.
  Offset position_;  // The reader proper has passed every event before it.
};

}  // namespace

Result<std::unique_ptr<log::PartitionReader>> committed_reader(log::Directory& directory, const log::TopicInfo& topic,
                                                               std::uint32_t partition) {
  auto scout = directory.reader(topic, partition);
  if (!scout) return propagate(scout);
  auto data = directory.reader(topic, partition);
  if (!data) return propagate(data);
  return std::make_unique<CommittedReader>(std::move(*scout), std::move(*data));
}

}  // namespace kappa::replay
