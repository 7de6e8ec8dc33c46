// The public face of appending. Drafts (with their megabytes of buffers) are kept and reused, one for each thread that
// appends at the same time.
//
// Written and not synced: recovery must write again whatever follows the last mark, so that stretch is kept short. Past
// 8 MiB the housekeeper is asked to sync, beside the appends that go on; a writer that is faster than the device waits
// when it is 64 MiB ahead.
#include "protocol/partition_appender.hpp"

#include "protocol/append.hpp"
#include "protocol/group_commit.hpp"
#include "protocol/housekeeper.hpp"

namespace kappa::log {

PartitionAppender::~PartitionAppender() {
  const bool has_housekeeper = partition_->environment().housekeeper != nullptr;
  if (wrote_ && !has_housekeeper) tidy_up(*partition_);
}

std::unique_ptr<FrameDraft> PartitionAppender::take_draft() {
  const std::lock_guard guard(mutex_);
  if (idle_.empty()) return std::make_unique<FrameDraft>();
  auto draft = std::move(idle_.back());
  idle_.pop_back();
  return draft;
}

void PartitionAppender::give_back(std::unique_ptr<FrameDraft> draft) {
  const std::lock_guard guard(mutex_);
  idle_.push_back(std::move(draft));
  wrote_ = true;
}

Result<Stamp> PartitionAppender::write(const EventColumns& columns, const AppendOptions& options) {
  auto draft = take_draft();
  auto drafted = draft_data_frame(columns, options.commit, partition_->environment().options.level, *draft);
  Result<Stamp> stamp;
  if (drafted)
    stamp = append_frame(*partition_, *draft, {options.expected_end, options.owner_epoch});
  else
    stamp = propagate(drafted);
  give_back(std::move(draft));
  if (!stamp) return stamp;
  if (auto kept = keep_house(stamp->sequence); !kept) return propagate(kept);
  return stamp;
}

Result<void> PartitionAppender::keep_house(Sequence written) {
  const Environment& environment = partition_->environment();
  const PartitionEnd durable = partition_->head().durable().end;
  const PartitionEnd end = partition_->head().written();
  const std::uint64_t begin = durable.segment == end.segment ? durable.point.position.value : kFirstFramePosition;
  const std::uint64_t unsynced = end.point.position.value > begin ? end.point.position.value - begin : 0;
  const bool long_unsynced = unsynced > environment.options.mark_every_bytes;
  if (environment.housekeeper != nullptr)
    environment.housekeeper->appended(partition_,
                                      long_unsynced ? Housekeeper::Due::sync_now : Housekeeper::Due::mark_when_quiet);
  const bool wait =
      environment.housekeeper != nullptr ? unsynced > environment.options.unsynced_bytes_max : long_unsynced;
  return wait ? kappa::log::await_durable(*partition_, written) : Result<void>{};
}

Result<void> PartitionAppender::await_durable(const Stamp& stamp) {
  return kappa::log::await_durable(*partition_, stamp.sequence);
}

Result<std::uint32_t> PartitionAppender::take_ownership() {
  auto ownership = append_owner_epoch(*partition_);
  if (!ownership) return propagate(ownership);
  if (auto durable = await_durable(ownership->stamp); !durable) return propagate(durable);
  return ownership->epoch;
}

}  // namespace kappa::log
