#pragma once
#include <optional>
#include <string>
#include <vector>

#include "run_fixture.hpp"

namespace kappa::test {

/// An event of a changelog, copied.
struct ChangelogEvent {
  std::string op;  ///< Value of its only header `op`; every header as `name=value` where there are others.
  std::optional<std::string> key;
  std::string value;
  Micros timestamp = 0;
  friend bool operator==(const ChangelogEvent&, const ChangelogEvent&) = default;
};

/// Looks at changelogs event by event and frame by frame, and writes frames into them as no run would.
class ChangelogFixture : public RunFixture {
 protected:
  [[nodiscard]] log::TopicInfo topic(log::Directory& directory, const std::string& name);
  /// The events of whole commits, in order.
  [[nodiscard]] std::vector<ChangelogEvent> events_of(const std::string& name);
  /// The same as `op key value`, a dash for no key.
  [[nodiscard]] std::vector<std::string> changes_of(const std::string& name);
  /// Every data frame of a topic, whether or not it belongs to a whole commit; a partition after the other.
  [[nodiscard]] std::vector<log::FrameInfo> frames_of(const std::string& name);
  [[nodiscard]] Sequence last_sequence(const std::string& name) { return frames_of(name).back().sequence; }
  /// Appends a frame of insertions as the part of a commit that `part` says.
  void forge(const std::string& name, const std::vector<std::string>& rows, const log::CommitFrame& part);
};

}  // namespace kappa::test
