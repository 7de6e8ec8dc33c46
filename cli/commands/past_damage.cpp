#include "commands/past_damage.hpp"

#include <fmt/format.h>

#include "kappa/log/repair_hint.hpp"
#include "text/table.hpp"

namespace kappa::cli {

Result<log::PartitionExtent> PastDamage::extent() {
  for (;;) {
    auto extent = reader_.extent();
    if (extent || !may_leave_out(extent.error())) return extent;
    if (auto left = leave_out(extent.error()); !left) return propagate(left);
  }
}

Result<void> PastDamage::seek(Offset offset) {
  auto placed = reader_.seek(offset);
  if (placed || !may_leave_out(placed.error())) return placed;
  return {};
}

Result<std::optional<EventBatch>> PastDamage::next() {
  for (;;) {
    auto batch = reader_.next();
    if (batch || !may_leave_out(batch.error())) return batch;
    if (auto left = leave_out(batch.error()); !left) return propagate(left);
  }
}

Result<void> PastDamage::leave_out(const Error& why) {
  auto skipped = reader_.skip_damage();
  // What cannot be left out is told in the words in which it was met.
  if (!skipped && skipped.error().code == Errc::corruption) return std::unexpected(why);
  if (!skipped) return propagate(skipped);
  if (auto flushed = context_.out.flush(); !flushed) return flushed;
  tell(*skipped, why);
  return {};
}

void PastDamage::tell(const log::SkippedRange& range, const Error& why) {
  ++ranges_;
  std::string offsets = "no events";
  if (!range.end) {
    unknown_ = true;
    offsets = fmt::format("offsets from {} on", range.begin.value);
  } else if (*range.end > range.begin) {
    events_ += range.end->value - range.begin.value;
    offsets = fmt::format("offsets {}..{}", range.begin.value, range.end->value - 1);
  }
  const std::uint64_t last = range.position + range.bytes - 1;
  const std::string bytes = range.bytes == 0 ? fmt::format("from byte {} on", range.position)
                                             : fmt::format("bytes {}..{}", range.position, last);
  context_.say(fmt::format("{}: left out {}: {}, {}: {}", partition_, offsets, range.file, bytes, why.message));
}

Result<void> PastDamage::verdict() const {
  if (ranges_ == 0) return {};
  const std::string events = counted(events_, "event");
  return fail(Errc::corruption,
              fmt::format("{} left out: {} missing", counted(ranges_, "damaged range"),
                          unknown_ ? "at least " + events : events),
              log::repair_command(context_.common.directory) + " shows what can be repaired");
}

}  // namespace kappa::cli
