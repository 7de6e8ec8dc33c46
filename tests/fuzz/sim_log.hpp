#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "directory/layout.hpp"
#include "kappa/log/verify.hpp"
#include "protocol/partition_appender.hpp"
#include "protocol/partition_reader.hpp"
#include "protocol/sequence_page.hpp"
#include "sim_seam.hpp"

namespace kappa::fuzz {

/// A directory with one topic of one partition on a machine without a disk, opened as a process does it that is alone:
/// with recovery, without the catalog and the housekeeping thread. What stands on the machine outlives the process.
class SimLog {
 public:
  static constexpr log::TopicId kTopic{{1, 2}};
  static constexpr log::DirectoryId kDirectory{{3, 4}};

  explicit SimLog(const log::ProtocolOptions& options);
  ~SimLog();

  [[nodiscard]] const std::string& partition_directory() const { return place_.directory; }
  [[nodiscard]] log::Seam& seam() { return kernel_.seam(0); }
  [[nodiscard]] test::SimMachine& machine() { return kernel_.machine(); }

  /// Makes the partition, where it has no segment yet.
  void make_partition();
  /// Recovers and opens. Not twice without an end in between.
  void start();
  /// The process ends in order.
  void stop();
  /// The process ends, and then the machine is as given.
  void die(test::SimMachine left);

  /// Null where recovery found damage: head() is not current.
  [[nodiscard]] std::shared_ptr<log::Partition> partition() const;
  [[nodiscard]] log::PartitionAppender& appender() { return *open_->appender; }
  [[nodiscard]] Result<log::VerifyReport> verify();

  /// The values of all events from an offset on; what stopped the reading, if it was no clean end.
  struct Served {
    std::vector<std::string> values;
    std::optional<Error> error;
  };
  [[nodiscard]] Served read(Offset from = {});

 private:
  struct Open;
  test::SimKernel kernel_{1, 1};
  log::ProtocolOptions options_;
  log::PartitionPlace place_;

  struct Open {
    log::SequencePage sequence;
    log::Environment environment;
    std::shared_ptr<log::Partition> partition;
    std::unique_ptr<log::PartitionAppender> appender;

    Open(log::Seam& seam, log::SequencePage page, const log::ProtocolOptions& options)
        : sequence(std::move(page)),
          environment{seam, sequence, log::Access::read_write, kDirectory, 1000, options, nullptr, {}} {}
  };
  std::unique_ptr<Open> open_;
};

}  // namespace kappa::fuzz
