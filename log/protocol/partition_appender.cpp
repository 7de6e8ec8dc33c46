// The public face of appending. Drafts (with their megabytes of buffers) are kept and reused, one for each thread that
// appends at the same time.
//
// Written and not synced: recovery must write again whatever follows the last mark, so that stretch is kept short. Past
// 8 MiB the housekeeper is asked to sync, beside the appends that go on; a writer that is faster than the device waits
// when it is 64 MiB ahead.
//
// Awaiting a stamp vouches for everything written here up to it. A frame whose sync failed may be gone although a later
// one is durable, so the appender remembers how many failures there had been when it wrote its oldest frame that nobody
// has awaited.
#include "protocol/partition_appender.hpp"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "kappa/base/shortage.hpp"
#include "protocol/append.hpp"
#include "protocol/group_commit.hpp"
#include "protocol/housekeeper.hpp"

namespace kappa::log {
namespace {

/// True if a sync has failed on which a frame of [first, last] may have depended. The head remembers the newest failure
/// only; where there were more, any of them may have been the one.
bool failed_since(const HeadPage& head, Sequence first, std::uint32_t failures, Sequence last) {
  const std::uint32_t now = head.load(HeadPage::kFailures);
  if (now == failures) return false;
  if (now != failures + 1) return true;
  return head.load(HeadPage::kFailedAfter) < last.value && head.load(HeadPage::kFailedThrough) >= first.value;
}

}  // namespace

PartitionAppender::~PartitionAppender() {
  const bool has_housekeeper = partition_->environment().housekeeper != nullptr;
  if (!wrote_ || has_housekeeper) return;
  // What there is no memory for is done by whoever opens the directory next.
  static_cast<void>(told_of_shortage([this]() -> Result<void> {
    tidy_up(*partition_);
    return {};
  }));
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
  auto drafted =
      draft_data_frame(columns, {options.commit, options.producer}, partition_->environment().options.level, *draft);
  Result<Stamp> stamp;
  if (drafted)
    stamp = append_frame(*partition_, *draft, {options.expected_end, options.owner_epoch});
  else
    stamp = propagate(drafted);
  give_back(std::move(draft));
  if (!stamp) return stamp;
  note_written(*stamp);
  if (auto kept = keep_house(stamp->sequence); !kept) {
    note_refused(*stamp);
    return propagate(kept);
  }
  return stamp;
}

/// The caller is told of this one, and has no stamp of it to await: later ones do not vouch for it.
void PartitionAppender::note_refused(const Stamp& stamp) {
  const std::lock_guard guard(mutex_);
  if (!oldest_ || oldest_->sequence != stamp.sequence) return;
  oldest_ = Unconfirmed{stamp.sequence.plus(1), stamp.failures};
  if (last_written_ <= stamp.sequence) oldest_.reset();
}

void PartitionAppender::note_written(const Stamp& stamp) {
  const std::lock_guard guard(mutex_);
  if (!oldest_ || stamp.sequence < oldest_->sequence) oldest_ = Unconfirmed{stamp.sequence, stamp.failures};
  last_written_ = std::max(last_written_, stamp.sequence);
}

bool PartitionAppender::is_new_segment(Offset segment) {
  const std::lock_guard guard(mutex_);
  const std::optional<Offset> before = std::exchange(segment_, segment);
  return before && *before != segment;
}

Result<void> PartitionAppender::keep_house(Sequence written) {
  const Environment& environment = partition_->environment();
  const PartitionEnd durable = partition_->head().durable().end;
  const PartitionEnd end = partition_->head().written();
  const std::uint64_t begin = durable.segment == end.segment ? durable.point.position.value : kFirstFramePosition;
  const std::uint64_t unsynced = end.point.position.value > begin ? end.point.position.value - begin : 0;
  const bool long_unsynced = unsynced > environment.options.mark_every_bytes;
  Housekeeper::Due due = long_unsynced ? Housekeeper::Due::sync_now : Housekeeper::Due::mark_when_quiet;
  if (is_new_segment(end.segment)) due = Housekeeper::Due::seal_now;
  if (environment.housekeeper != nullptr) environment.housekeeper->appended(partition_, due);
  const bool wait =
      environment.housekeeper != nullptr ? unsynced > environment.options.unsynced_bytes_max : long_unsynced;
  return wait ? kappa::log::await_durable(*partition_, written) : Result<void>{};
}

Result<void> PartitionAppender::await_durable(const Stamp& stamp) {
  auto durable = kappa::log::await_durable(*partition_, stamp.sequence);
  Unconfirmed oldest{stamp.sequence, stamp.failures};
  {
    // Whatever has become of everything up to the stamp, this call tells it.
    const std::lock_guard guard(mutex_);
    if (oldest_ && oldest_->sequence < stamp.sequence) oldest = *oldest_;
    oldest_ = Unconfirmed{stamp.sequence.plus(1), stamp.failures};
    if (last_written_ <= stamp.sequence) oldest_.reset();
  }
  if (!durable || !failed_since(partition_->head(), oldest.sequence, oldest.failures, stamp.sequence)) return durable;
  return fail(Errc::io,
              fmt::format("{}: a sync failed after the append with sequence {} was written", partition_->place().label,
                          oldest.sequence.value),
              "what was appended from there on may or may not be found later; read before appending again");
}

Result<std::uint32_t> PartitionAppender::take_ownership() {
  auto ownership = append_owner_epoch(*partition_);
  if (!ownership) return propagate(ownership);
  if (auto durable = await_durable(ownership->stamp); !durable) return propagate(durable);
  return ownership->epoch;
}

}  // namespace kappa::log
