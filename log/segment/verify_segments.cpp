// Verification of a partition, segment by segment in the order of offsets: each is told what its neighbours say of it.
#include "segment/verify_segments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "protocol/segment_file.hpp"
#include "segment/verify_segment.hpp"

namespace kappa::log {
namespace {

/// Opens a segment; nullptr, with the damage recorded, if its header is bad.
Result<SharedSegment> open_checked(Seam& seam, const std::string& directory, Offset base, VerifyReport& report) {
  auto segment = open_segment(seam, directory, base, Access::read_only);
  if (segment) return segment;
  if (segment.error().code != Errc::corruption) return segment;
  Damage damage{segment_path(directory, base), 0, kBlockBytes, segment.error().message};
  if (damage.what.starts_with(damage.file + ": ")) damage.what.erase(0, damage.file.size() + 2);
  report.damages.push_back(std::move(damage));
  return SharedSegment{};
}

/// The segments from the log start on; nullptr for one whose header is bad. Headers may know of a later log start than
/// is expected, where a partition is too damaged to tell it.
Result<std::vector<SharedSegment>> open_all(Seam& seam, ExpectedPartition& expected, VerifyReport& report) {
  auto bases = list_segments(seam, expected.directory);
  if (!bases && bases.error().code == Errc::not_found) bases = std::vector<Offset>{};
  if (!bases) return propagate(bases);
  std::erase_if(*bases, [&](Offset base) { return base < expected.log_start; });
  if (bases->empty()) report.damages.push_back({expected.directory, 0, 0, "there is no segment: not even the first"});
  std::vector<SharedSegment> segments;
  for (const Offset base : *bases) {
    auto segment = open_checked(seam, expected.directory, base, report);
    if (!segment) return propagate(segment);
    if (*segment) expected.log_start = std::max(expected.log_start, (*segment)->start.header.log_start);
    segments.push_back(std::move(*segment));
  }
  std::erase_if(segments, [&](const SharedSegment& one) { return one && one->base() < expected.log_start; });
  return segments;
}

}  // namespace

Result<VerifyReport> verify_segments(Seam& seam, ExpectedPartition expected, Progress* progress) {
  VerifyReport report;
  auto opened = open_all(seam, expected, report);
  if (!opened) return propagate(opened);
  const std::vector<SharedSegment>& segments = *opened;
  std::optional<ChainPoint> end;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    ++report.segments;
    std::optional<ChainPoint> previous_end = std::exchange(end, std::nullopt);
    if (segments[i] == nullptr) continue;
    Neighbours neighbours{i == 0, previous_end, std::nullopt, std::nullopt};
    if (i > 0 && segments[i - 1] != nullptr) neighbours.previous = segments[i - 1]->start.header;
    // Behind a lost segment the next header says nothing about where this one ends.
    const bool linked = i + 1 < segments.size() && segments[i + 1] != nullptr &&
                        segments[i + 1]->start.header.previous_salt == segments[i]->salt();
    if (linked) neighbours.next = segments[i + 1]->start.header;
    auto verified = verify_segment(seam, expected, neighbours, segments[i], report, progress);
    if (!verified) return propagate(verified);
    end = *verified;
  }
  if (!segments.empty() && end && end->last_sequence < expected.last_durable)
    report.damages.push_back({segments.back()->file.path(), end->position.value, 0,
                              fmt::format("ends with sequence {}, but {} was durable", end->last_sequence.value,
                                          expected.last_durable.value)});
  return report;
}

}  // namespace kappa::log
