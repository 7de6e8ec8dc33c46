#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kappa/base/result.hpp"
#include "kappa/base/units.hpp"
#include "kappa/log/directory.hpp"
#include "kappa/processor/fingerprint.hpp"
#include "kappa/replay/definition.hpp"

namespace kappa::replay {

/// A view as the catalog has it.
struct ViewInfo {
  std::string name;
  std::string sql;   ///< Text of the file it came from; empty for a C++ processor.
  std::string tree;  ///< Canonical text when it was defined.
  std::uint32_t version = 1;
  std::vector<TableSpec> tables;
  Sequence defined;
};

/// A whole commit of an output, as its frames' headers tell it.
struct RecordedCommit {
  Sequence from;
  Sequence through;
  processor::Fingerprint fingerprint;  ///< Of the contents after it.
  std::uint32_t epoch = 0;
  std::uint64_t events = 0;
  Offset first;  ///< Of its events in the changelog: [first, end).
  Offset end;
  std::vector<log::ConsumedInput> inputs;
};

/// The views that exist now, sorted by name.
[[nodiscard]] Result<std::vector<ViewInfo>> list_views(log::Directory& directory);
/// Errc::not_found with a near miss if there is none of this name.
[[nodiscard]] Result<ViewInfo> find_view(log::Directory& directory, std::string_view name);
/// The whole commits of a changelog topic (a view's, or its errors'), oldest first; void ones are left out.
[[nodiscard]] Result<std::vector<RecordedCommit>> recorded_commits(log::Directory& directory, std::string_view topic);
/// Removes a view with its changelog and errors topics. A run of it that is alive ends with an error.
[[nodiscard]] Result<void> drop_view(log::Directory& directory, std::string_view name);
/// Names of the views that read this topic.
[[nodiscard]] Result<std::vector<std::string>> views_reading(log::Directory& directory, std::string_view topic);

/// Name of the topic that holds a view's errors.
[[nodiscard]] std::string errors_topic(std::string_view view);

}  // namespace kappa::replay
