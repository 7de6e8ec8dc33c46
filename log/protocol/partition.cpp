// The lock of a partition is a lock on its directory's open file. Such a lock keeps processes apart but not the threads
// that share the open file, so a mutex comes first. A forked child shares the open file as well and would walk through
// its parent's lock: a process id that has changed since the directory was opened is therefore an error.
//
// The holder writes its process id into the head, so that whoever waits longer than a second can say for whom.
#include "protocol/partition.hpp"

#include <algorithm>

#include "fmt/format.h"
#include "protocol/sequence_page.hpp"

namespace kappa::log {

Result<std::shared_ptr<Partition>> Partition::open(const Environment& environment, PartitionPlace place) {
  auto directory = environment.seam.open(place.directory, OpenMode::directory);
  if (!directory) return propagate(directory);
  auto head = HeadPage::open(environment.seam, place.directory + "/head", environment.access);
  if (!head) return propagate(head);
  return std::shared_ptr<Partition>(
      new Partition(environment, std::move(place), std::move(*directory), std::move(*head)));
}

bool Partition::current() const {
  return head_.load(HeadPage::kIncarnation) == environment_.sequence.incarnation() && environment_.sequence.trusted();
}

Result<void> Partition::check_alive() const {
  for (const PageFile* file : {&environment_.sequence.file(), &head_.file()})
    if (auto missing = file->check_still_missing(); !missing) return missing;
  // Of a head that was not recovered since the machine started any word may be anything.
  if (current() && head_.load(HeadPage::kDeleted) != 0)
    return fail(Errc::not_found, fmt::format("the topic of {} has been deleted", place_.label),
                "kappa topic list --all shows those there are");
  return {};
}

Result<void> Partition::check_linked() const {
  if (auto in_place = environment_.sequence.check_in_place(); !in_place) return in_place;
  if (head_.file().linked()) return {};
  return fail(Errc::conflict, fmt::format("{}: its head was removed or replaced while in use", place_.label),
              "end every process that uses the directory, then start them again");
}

std::optional<Error> Partition::damage() const {
  const std::lock_guard guard(damage_mutex_);
  return damage_;
}
void Partition::set_damage(Error error) {
  const std::lock_guard guard(damage_mutex_);
  damage_ = std::move(error);
}

void Partition::tell_of_gap(const FrameHeader& gap, const std::string& file) {
  if (!environment_.notice) return;
  {
    const std::lock_guard guard(damage_mutex_);
    if (!gaps_told_.insert({file, gap.position}).second) return;
  }
  const std::uint64_t begin = gap.base_offset.value;
  const std::string events = gap.offset_span == 0   ? "no events"
                             : gap.offset_span == 1 ? fmt::format("the event at offset {}", begin)
                                                    : fmt::format("offsets {}..{}", begin, begin + gap.offset_span - 1);
  environment_.notice(fmt::format("{}: a gap: {} are lost, in {}, bytes {}..{}", place_.label, events, file,
                                  gap.position.value, gap.position.value + gap.frame_bytes() - 1));
}

std::string Partition::holder() const {
  const std::uint64_t pid = head_.load(HeadPage::kPid);
  return pid == 0 ? std::string("an unknown process") : fmt::format("process {}", pid);
}

Result<LockedPartition> Partition::lock(LockMode mode) {
  if (seam().pid() != environment_.pid)
    return fail(Errc::conflict,
                fmt::format("{}: the directory was opened by process {} and is used by its child {}", place_.label,
                            environment_.pid, seam().pid()),
                "open the directory after the fork");
  std::unique_lock held(mutex_);
  const ProtocolOptions& options = environment_.options;
  auto taken = seam().lock(directory_, mode, options.lock_wait_notice);
  if (taken && !*taken) {
    if (environment_.notice)
      environment_.notice(fmt::format("{}: waiting for the lock held by {}", place_.label, holder()));
    taken = seam().lock(directory_, mode, options.lock_wait_max);
  }
  if (!taken) return propagate(taken);
  if (!*taken)
    return fail(Errc::io,
                fmt::format("{}: {} has held the partition's lock for {} s", place_.label, holder(),
                            options.lock_wait_max.count() / 1000),
                "if that process is stopped, continue it (kill -CONT) or kill it");
  if (mode == LockMode::exclusive) head_.store(HeadPage::kPid, environment_.pid);
  return LockedPartition(*this, std::move(held));
}

LockedPartition::~LockedPartition() {
  if (held_.owns_lock()) partition_->seam().unlock(partition_->directory_);
}

Result<SharedSegment> LockedPartition::segment(Offset base) const {
  SharedSegment& active = partition_->active_;
  if (active && active->base() == base) return active;
  auto opened = open_segment(seam(), directory(), base, environment().access);
  if (!opened) return opened;
  active = *opened;
  // A start writes anew what it finds, before the head is current.
  const HeadPage& head = partition_->head_;
  const Position intended{head.load(HeadPage::kDirty) != 0 ? head.load(HeadPage::kIntentEnd) : 0};
  const bool in_use = partition_->current() && head.written().segment == base;
  partition_->taken_up_ = in_use ? std::max(head.written().point.position, intended) : Position{};
  return opened;
}

bool LockedPartition::has_taken_up() const {
  const PartitionEnd durable = partition_->head_.durable().end;
  const SharedSegment& active = partition_->active_;
  return active && active->base() == durable.segment && durable.point.position < partition_->taken_up_;
}

KnownZeros& LockedPartition::zeros_of(const SegmentFile& segment) const {
  KnownZeros& zeros = partition_->zeros_;
  if (zeros.segment != segment.base()) zeros = {.segment = segment.base()};
  return zeros;
}

}  // namespace kappa::log
