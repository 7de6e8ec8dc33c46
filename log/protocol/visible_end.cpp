// Readers see synced events only. In the normal case the head says what that is. There are two others.
//
// Held back: the process that was to sync and publish is dead or stopped. Whoever may write does it in its place. Who
// may not takes a shared lock, under which no append is half done, scans by the chain from the durable end, syncs (a
// sync needs no permission to write) and then reads the bytes back from the device: a sync that succeeds after somebody
// else's failed means nothing. Everything in flight in this partition is then below the scan's end, or was torn and
// never will be adopted, so the counter read under the lock is a valid new `low`.
//
// Cold: the head is not current (nobody has written since the machine started, or the partition is damaged and refuses
// recovery). The end is then found as recovery would find it, from the newest mark.
#include "protocol/visible_end.hpp"

#include <algorithm>

#include "protocol/group_commit.hpp"
#include "protocol/repair.hpp"
#include "protocol/sequence_page.hpp"
#include "protocol/tail.hpp"

namespace kappa::log {
namespace {

constexpr std::size_t kCompareBytes = 1 << 20;

/// True if the device holds the same bytes as the cache.
Result<bool> on_device(Seam& seam, const File& file, std::uint64_t begin, std::uint64_t end) {
  std::vector<std::byte> cached(std::min<std::uint64_t>(end - begin, kCompareBytes));
  std::vector<std::byte> stored(cached.size());
  while (begin < end) {
    const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>(end - begin, cached.size()));
    auto a = seam.read(file, begin, std::span(cached).first(bytes));
    auto b = seam.read_device(file, begin, std::span(stored).first(bytes));
    if (!a) return propagate(a);
    if (!b) return propagate(b);
    if (*a != bytes || *b != bytes ||
        !std::equal(cached.begin(), cached.begin() + static_cast<std::ptrdiff_t>(bytes), stored.begin()))
      return false;
    begin += bytes;
  }
  return true;
}

}  // namespace

Result<Durable> VisibleEnd::look() {
  if (auto alive = partition_->check_alive(); !alive) return propagate(alive);
  if (!partition_->current() || partition_->damage()) return look_cold();
  cold_.reset();
  const Durable published = partition_->head().durable();
  if (!private_) return published;
  const Sequence own = private_->end.point.last_sequence;
  // A roll publishes all of the segment that it leaves.
  if (published.end.point.last_sequence > own || published.end.segment > private_->end.segment) {
    private_.reset();
    return published;
  }
  Durable best = *private_;
  if (published.end.point.last_sequence == own) best.low = std::max(best.low, published.low);
  return best;
}

Result<Durable> VisibleEnd::look_cold() {
  if (cold_) return *cold_;
  auto locked = partition_->lock(LockMode::shared);
  if (!locked) return propagate(locked);
  auto tail = read_tail(partition_->seam(), partition_->place().directory, Access::read_only);
  if (!tail) return propagate(tail);
  if (auto synced = partition_->seam().sync_data(tail->segment->file); !synced) return propagate(synced);
  auto same = on_device(partition_->seam(), tail->segment->file, tail->from.position.value, tail->end.position.value);
  if (!same) return propagate(same);
  // What is only in the cache may still be lost; what the mark vouches for is not. The rest is then in flight: recovery
  // will make it durable, and who merges must not have passed over it.
  cold_ = Durable{{tail->segment->base(), tail->end}, kEndOfTime};
  if (!*same) cold_ = Durable{{tail->segment->base(), tail->from}, tail->from.last_sequence.plus(1)};
  if (auto damage = damage_of(*tail, {})) partition_->set_damage(std::move(*damage));
  return *cold_;
}

Result<void> VisibleEnd::help() {
  if (!partition_->current() || partition_->damage()) return {};
  if (partition_->environment().access == Access::read_only) return help_privately();
  auto synced = sync_and_publish(*partition_);
  // Poisoned: what was in flight has failed, and the next append clears it. Nothing a reader could do.
  if (!synced && synced.error().code != Errc::io) return synced;
  return {};
}

Result<void> VisibleEnd::help_privately() {
  auto locked = partition_->lock(LockMode::shared);
  if (!locked) return propagate(locked);
  const Sequence counter = partition_->environment().sequence.counter();
  // Nothing has been drawn since the last scan, so another one would find the same.
  if (private_ && private_->low == counter) return {};
  const Durable durable = partition_->head().durable();
  auto segment = locked->segment(durable.end.segment);
  if (!segment) return propagate(segment);
  auto end = scan_to_end(partition_->seam(), *segment, durable.end.point);
  if (!end) return propagate(end);
  if (auto synced = partition_->seam().sync_data((*segment)->file); !synced) return synced;
  auto same = on_device(partition_->seam(), (*segment)->file, durable.end.point.position.value, end->position.value);
  if (!same) return propagate(same);
  if (*same) private_ = Durable{{durable.end.segment, *end}, counter};
  return {};
}

}  // namespace kappa::log
