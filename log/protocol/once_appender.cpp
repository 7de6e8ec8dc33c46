// Look, then write what is missing; a lock of its own keeps others of this kind from writing in between. It is given up
// by the death of its holder, whose last frame may then be written and not yet durable: so who looks settles first what
// is in doubt. The lock is not the partition's: looking reads files, and plain appends go on meanwhile.
//
// A frame is written only once the one before it is durable. Else a failed sync could take that one away and leave the
// mark of a later one, and a repeated append would pass over what was lost.
#include "protocol/once_appender.hpp"

#include "fmt/format.h"
#include "kappa/base/event_builder.hpp"
#include "protocol/group_commit.hpp"

namespace kappa::log {
namespace {

/// Gives the lock up at the end of a scope.
class Turn {
 public:
  Turn(Seam& seam, const File& file) : seam_(seam), file_(file) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { seam_.unlock(file_); }

 private:
  Seam& seam_;
  const File& file_;
};

}  // namespace

Result<std::unique_ptr<Appender>> OnceAppender::open(std::shared_ptr<Partition> partition, OnceOptions options) {
  const std::optional<Micros> window = options.window;
  auto turns = partition->seam().open(partition->place().directory + "/once", OpenMode::create);
  if (!turns) return propagate(turns);
  Seam& seam = partition->seam();
  auto appender = std::make_unique<OnceAppender>(std::move(partition), std::move(options), std::move(*turns));
  if (window) {
    auto from = appender->reader_.offset_at(seam.now() - *window);
    if (!from && from.error().code != Errc::conflict) return propagate(from);
    if (from) appender->known_ = *from;  // Else retention is at work on what is older, and the rest is looked at.
  }
  // The long look happens here, while nobody waits for his turn.
  if (auto recalled = appender->recall(); !recalled) return propagate(recalled);
  return appender;
}

Result<void> OnceAppender::take_turn() {
  const Environment& environment = partition_->environment();
  auto taken = environment.seam.lock(turns_, LockMode::exclusive, environment.options.lock_wait_notice);
  if (taken && !*taken) {
    if (environment.notice)
      environment.notice(fmt::format("{}: waiting for another process that appends once", partition_->place().label));
    taken = environment.seam.lock(turns_, LockMode::exclusive, environment.options.lock_wait_max);
  }
  if (!taken) return propagate(taken);
  if (*taken) return {};
  return fail(Errc::io,
              fmt::format("{}: another process that appends once has been at it for {} s", partition_->place().label,
                          environment.options.lock_wait_max.count() / 1000),
              "if that process is stopped, continue it (kill -CONT) or kill it");
}

Result<void> OnceAppender::recall() {
  for (std::optional<Offset> tried;;) {
    auto extent = reader_.extent();
    if (!extent) return propagate(extent);
    auto recalled = reader_.seek(std::max(known_, extent->start));
    if (recalled) recalled = memory_->recall(reader_);
    if (recalled) {
      known_ = extent->end;  // What has become visible meanwhile may have been seen or not.
      return {};
    }
    // Retention may take away what has not been looked at; the rest has to be. Other conflicts stay.
    if (recalled.error().code != Errc::conflict || tried == extent->start) return recalled;
    tried = extent->start;
  }
}

Result<void> OnceAppender::catch_up() {
  // Who died within the lock may have left a whole frame that the end does not have yet, and the next append adopts it.
  const HeadPage& head = partition_->head();
  const bool whole = head.load(HeadPage::kDirty) == 0;
  if (whole && head.written().point.next_offset == known_) return {};
  if (auto settled = settle(*partition_); !settled) return settled;
  return recall();
}

Result<Stamp> OnceAppender::append_fresh(const EventColumns& columns, const Fresh& fresh) {
  AppendOptions options;
  options.producer = fresh.mark;
  if (fresh.events.size() == columns.count) return appender_.write(columns, options);
  EventBatchBuilder rest;
  for (const std::uint32_t i : fresh.events)
    rest.add({columns.timestamp(i), columns.keys.get(i), columns.values.get(i), columns.headers[i]});
  return appender_.write(rest.columns(), options);
}

Result<Stamp> OnceAppender::write(const EventColumns& columns, const AppendOptions& options) {
  if (options.expected_end || options.owner_epoch || options.commit || options.producer)
    return fail(Errc::usage, "an append that is made once takes no conditions");
  if (written_)
    if (auto durable = await_durable(*written_); !durable) return propagate(durable);
  if (auto taken = take_turn(); !taken) return propagate(taken);
  const Turn turn(partition_->seam(), turns_);
  if (auto known = catch_up(); !known) return propagate(known);
  auto fresh = memory_->sift(columns, reader_, partition_->seam().now());
  if (!fresh) return propagate(fresh);
  Stamp stamp{known_, known_, {}, 0};
  if (!fresh->events.empty()) {
    auto written = append_fresh(columns, *fresh);
    if (!written) return written;
    stamp = *written;
    written_ = stamp;
    if (stamp.first == known_) known_ = stamp.end;  // Else a plain append came between, and is looked at next time.
  }
  memory_->done(stamp);
  return stamp;
}

Result<void> OnceAppender::await_durable(const Stamp& stamp) {
  if (stamp.first == stamp.end) return {};  // What it stands for was durable when it was seen.
  return appender_.await_durable(stamp);
}

Result<std::uint32_t> OnceAppender::take_ownership() {
  return appender_.take_ownership();
}

}  // namespace kappa::log
