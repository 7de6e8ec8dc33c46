// Verification needs to know one thing that the files alone do not tell for certain: how much of the newest segment has
// been acknowledged. The partition's status says so; where the partition is too damaged to have one, the evidence of
// durability within the files has to do.
#include "directory/verify_partition.hpp"

#include "kappa/base/assert.hpp"
#include "kappa/log/verify.hpp"
#include "seam/unreadable.hpp"
#include "segment/verify_segments.hpp"

namespace kappa::log {

Result<ExpectedPartition> expected_partition(LogDirectory& directory, const TopicInfo& topic, std::uint32_t partition) {
  ExpectedPartition expected;
  expected.directory = directory.layout().partition(topic.name, partition);
  expected.topic = topic.id;
  expected.partition = partition;
  expected.consumed = directory.consumed(topic.id, partition);
  const auto status = directory.status(topic, partition);
  // What cannot be read is found again, and told with its extent.
  const bool damaged = !status && (status.error().code == Errc::corruption || status.error().code == Errc::io);
  if (!status && !damaged) return std::unexpected(status.error());
  if (status) {
    expected.last_durable = status->extent.last;
    expected.log_start = status->extent.start;
  }
  // Known before anything was removed, also where the partition itself is too damaged to tell.
  if (const auto recorded = directory.log_catalog().log_start(topic.id, partition))
    expected.log_start_max = std::max(expected.log_start, *recorded);
  return expected;
}

Result<VerifyReport> verify_partition(Directory& directory, const TopicInfo& topic, std::uint32_t partition,
                                      Progress* progress) {
  auto* const log = dynamic_cast<LogDirectory*>(&directory);
  KAPPA_ASSERT(log != nullptr, "only a directory that was opened can be verified");
  auto expected = expected_partition(*log, topic, partition);
  if (!expected) return propagate(expected);
  UnreadableAsDamage seam(log->environment().seam);
  auto report = verify_segments(seam, *expected, progress);
  if (!report) return report;
  for (Damage& damage : report->damages)
    if (const std::string why = seam.why(damage.file); !why.empty()) damage.what += "; " + why;
  return report;
}

}  // namespace kappa::log
