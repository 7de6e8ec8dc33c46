#pragma once
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <random>

#include "kappa/log/backup.hpp"
#include "kappa/log/repack.hpp"
#include "kappa/log/verify.hpp"
#include "log_fixture.hpp"

namespace kappa::test {

/// Directories with segments of a few dozen small appends.
class Repacking : public log::LogTest {
 protected:
  [[nodiscard]] std::unique_ptr<log::Directory> open_small(log::Seam* seam = nullptr) const {
    log::ProtocolOptions small;
    small.segment_bytes = 24'000;
    return open(small, seam);
  }
  static void fill(log::Directory& directory, const std::string& name, int events) {
    for (int i = 0; i < events; ++i) append(directory, name, {fmt::format("{} {}", name, i)});
  }
  static Result<log::RepackReport> try_repack(log::Directory& directory, const std::string& name,
                                              const log::RepackOptions& options = {}) {
    return log::repack_partition(directory, topic(directory, name), 0, options);
  }
  static log::RepackReport repack(log::Directory& directory, const std::string& name,
                                  const log::RepackOptions& options = {}) {
    return until_idle(options, [&](const log::RepackOptions& again) { return try_repack(directory, name, again); });
  }
  /// Another thread of this process seals the segments that were left; while it is at one, that one is busy.
  template <typename Try>
  static log::RepackReport until_idle(log::RepackOptions options, Try attempt) {
    log::RepackReport sum;
    for (;; options.roll = false) {
      auto report = attempt(options);
      EXPECT_TRUE(report) << report.error().message;
      if (!report) return {};
      sum.sealed = report->sealed;
      sum.rolls |= report->rolls;
      sum.is_outdated = report->is_outdated;
      for (const auto member :
           {&log::RepackReport::repacked, &log::RepackReport::frames_before, &log::RepackReport::frames_after,
            &log::RepackReport::events, &log::RepackReport::bytes_before, &log::RepackReport::bytes_after,
            &log::RepackReport::removed})
        sum.*member += (*report).*member;
      if (report->busy == 0) return sum;
    }
  }
  static void expect_whole(log::Directory& directory, const std::string& name) {
    const auto verified = log::verify_partition(directory, topic(directory, name), 0);
    ASSERT_TRUE(verified) << verified.error().message;
    for (const log::Damage& damage : verified->damages) ADD_FAILURE() << damage.file << ": " << damage.what;
  }

  [[nodiscard]] std::filesystem::path backup() const { return data().parent_path() / "backup"; }
  log::BackupReport back_up(log::Directory& directory) {
    auto report = log::back_up(directory, backup());
    EXPECT_TRUE(report) << report.error().message;
    return report.value_or(log::BackupReport{});
  }
  /// The backup's topic `a` has these events.
  void expect_restored(const std::vector<std::string>& lines) {
    const std::filesystem::path restored = data().parent_path() / "restored";
    std::filesystem::remove_all(restored);
    const auto done = log::restore(backup(), restored);
    ASSERT_TRUE(done) << done.error().message;
    const auto directory = log::Directory::open(restored, {}).value();
    EXPECT_TRUE(directory->take_recovery_notes().empty());
    EXPECT_TRUE(told(*directory, "a") == lines);
    expect_whole(*directory, "a");
  }

  /// Everything that a batch tells, each event in a line.
  static void tell(const EventBatch& batch, std::vector<std::string>& to) {
    const EventColumns& columns = batch.columns;
    const auto text = [](std::optional<Bytes> bytes) { return bytes ? std::string(as_text(*bytes)) : "(none)"; };
    for (std::size_t i = 0; i < columns.count; ++i)
      to.push_back(fmt::format("{}/{} {}+{} at {}: {} {} {} {} {}", batch.input, batch.partition, batch.sequence.value,
                               i, batch.append_time, batch.offset(i).value, batch.timestamp(i),
                               text(columns.keys.get(i)), text(columns.values.get(i)),
                               std::string(as_text(columns.headers[i]))));
  }
  static std::vector<std::string> told(log::PartitionReader& reader) {
    std::vector<std::string> lines;
    for (;;) {
      auto batch = reader.next();
      if (!batch) lines.push_back(batch.error().message);
      if (!batch || !*batch) return lines;
      tell(**batch, lines);
    }
  }
  static std::vector<std::string> told(log::Directory& directory, const std::string& name) {
    return told(*directory.reader(topic(directory, name)).value());
  }
  /// The topics merged.
  static std::vector<std::string> told_merged(log::Directory& directory, const std::vector<std::string>& names,
                                              std::optional<Micros> from = {}) {
    std::vector<log::TopicInfo> inputs;
    for (const std::string& name : names) inputs.push_back(topic(directory, name));
    const auto reader = directory.ordered_reader(inputs).value();
    if (from) {
      EXPECT_TRUE(reader->skip_to(*from));
    }
    const Sequence bound = reader->bound().value();
    std::vector<std::string> lines;
    for (;;) {
      auto batch = reader->next(bound);
      if (!batch) lines.push_back(batch.error().message);
      if (!batch || !*batch) return lines;
      tell(**batch, lines);
    }
  }
};

}  // namespace kappa::test
