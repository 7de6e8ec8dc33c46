#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "kappa/base/result.hpp"
#include "kappa/log/directory.hpp"
#include "kappa/log/repack.hpp"
#include "kappa/replay/definition.hpp"

namespace kappa::replay {

/// Turns compaction by key on, for events older than `after`, or off. Errc::conflict where a view reads the topic by
/// something else than a table with a PRIMARY KEY: it needs each event. Removes nothing.
[[nodiscard]] Result<void> set_compaction(log::Directory& directory, const std::string& topic,
                                          std::optional<Micros> after, const Compile& compile);

/// What would stand against it, as an error.
[[nodiscard]] Result<void> check_compaction(log::Directory& directory, const std::string& topic,
                                            std::optional<Micros> after, const Compile& compile);

/// What stands in the way of a compaction.
struct Hindrance {
  enum class Kind {
    off,      ///< Compaction by key is not on.
    no_view,  ///< No view has a table over the topic.
    view,     ///< The horizon is where this output of a view stands.
    age       ///< The horizon is where events begin that are not old enough yet.
  } kind = Kind::off;
  std::string output = {};  ///< With `view`.
};

struct CompactOptions {
  bool show = false;  ///< As log::RepackOptions.
  bool roll = false;
  log::Progress* progress = nullptr;
};

struct CompactReport {
  Sequence horizon;  ///< kNoSequence: no event may go.
  Hindrance held_by;
  log::RepackReport repacked;
};

/// Told when a partition is done; an error ends it there.
using Compacted = std::function<Result<void>(std::uint32_t partition, const CompactReport& report)>;

/// Repacks a topic, one partition after the other, and where compaction by key is on removes what the keyed tables over
/// the topic do not need: at every position at or above the horizon each view has the same contents and errors as
/// before (docs/decisions/0012-compaction-keeps-what-a-table-is.md). Errc::conflict as set_compaction().
[[nodiscard]] Result<void> compact(log::Directory& directory, const std::string& topic, const Compile& compile,
                                   const CompactOptions& options, const Compacted& done);

}  // namespace kappa::replay
