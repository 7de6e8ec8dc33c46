#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "kappa/base/result.hpp"
#include "kappa/log/directory.hpp"
#include "kappa/processor/column.hpp"
#include "kappa/processor/fingerprint.hpp"
#include "kappa/processor/schema.hpp"
#include "kappa/replay/definition.hpp"
#include "kappa/replay/views.hpp"

namespace kappa::replay {

/// Takes result rows, some at a time, each row `weight` times (all weights are positive). Valid during the call.
using RowSink = std::function<Result<void>(const processor::Batch& rows)>;

struct ReplayOptions {
  std::string output;             ///< A view of the definition, or `<view>.errors`.
  std::optional<Sequence> as_of;  ///< Contents at this position; nullopt: at the end when the replay starts.
  std::stop_token stop = {};
  std::function<void(std::uint64_t events, std::uint64_t bytes)> progress = {};  ///< Called now and then.
  std::function<void(const std::string&)> warning = {};  ///< Told of what looks like a mistake in events, once each.
};

struct ReplayStats {
  std::uint64_t events = 0;  ///< Input events read.
  std::uint64_t bytes = 0;   ///< Input bytes read, as stored.
  double seconds = 0;
  std::uint64_t rows = 0;
  processor::Fingerprint fingerprint;
  Sequence position;  ///< Of the last input frame consumed.
};

/// Computes the contents of one output from offset zero and gives its rows to `rows`: in the view's ORDER BY (ties by
/// row encoding), else in arrival order for one table through filters and projections, else by row encoding.
/// Writes nothing, needs no run and no definition in the catalog.
[[nodiscard]] Result<ReplayStats> replay(log::Directory& directory, const Definition& definition,
                                         const ReplayOptions& options, const RowSink& rows);

/// Fingerprints of one output at each of these positions, by one replay from offset zero.
[[nodiscard]] Result<std::map<Sequence, processor::Fingerprint>> fingerprints_at(
    log::Directory& directory, const Definition& definition, const std::string& output,
    const std::vector<Sequence>& positions);

/// Contents of an output from its changelog, without the view's inputs.
struct RecordedContents {
  std::uint64_t rows = 0;
  processor::Fingerprint fingerprint;
  Sequence position;
};

/// Sums the changelog up to `as_of` (nullopt: its last whole commit) and gives the rows to `rows` in the order of
/// replay(). nullopt: the position is no commit's end, so a replay has to answer. Errc::corruption if the sum does not
/// have the recorded fingerprint. `view` gives schema and order; for errors pass errors_spec().
[[nodiscard]] Result<std::optional<RecordedContents>> read_contents(log::Directory& directory, const ViewSpec& view,
                                                                    std::optional<Sequence> as_of, const RowSink& rows);

/// Schema and order of `<view>.errors`.
[[nodiscard]] ViewSpec errors_spec(std::string_view view);

/// Reads the events of whole commits of a changelog (or of any topic's partition, which are all whole): frames of void
/// or unfinished commits are passed over. Same contract as log::PartitionReader otherwise.
[[nodiscard]] Result<std::unique_ptr<log::PartitionReader>> committed_reader(log::Directory& directory,
                                                                             const log::TopicInfo& topic,
                                                                             std::uint32_t partition = 0);

}  // namespace kappa::replay
