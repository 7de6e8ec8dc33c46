#pragma once
#include <cstdint>
#include <memory>
#include <optional>

#include "kappa/base/event.hpp"
#include "kappa/base/result.hpp"
#include "kappa/log/commit_block.hpp"

namespace kappa::log {

/// Where an append landed: offsets [first, end), its place in the one order, its append time.
struct Stamp {
  Offset first;
  Offset end;
  Sequence sequence;
  Micros append_time = 0;
  std::uint32_t failures = 0;  ///< For await_durable(): how many syncs of the partition had failed before.
};

/// What a commit of a view adds to a frame. `through` is the last input frame consumed. A commit of several frames
/// sets `begins` on its first and `ends` on its last (docs/log-format.md, "Commits").
struct CommitFrame {
  const CommitBlock* block = nullptr;
  Sequence through;
  bool begins = true;
  bool ends = true;
};

/// How far a producer's numbered input is in the log with a frame (kappa/log/once.hpp): the first `through` of its
/// events, whose chained hash is `digest`.
struct ProducerMark {
  std::uint64_t producer = 0;  ///< Hash of its name, never 0.
  std::uint64_t through = 0;
  std::uint64_t digest = 0;
  friend bool operator==(const ProducerMark&, const ProducerMark&) = default;
};

/// Conditions and additions of an append. Unmet conditions are Errc::conflict and nothing is written; they are checked
/// under the partition's lock, so an owner that was stopped and woken fails instead of writing.
struct AppendOptions {
  std::optional<Offset> expected_end;
  std::optional<std::uint32_t> owner_epoch;
  std::optional<CommitFrame> commit;
  std::optional<ProducerMark> producer = {};
};

/// Appends frames to one partition. Thread-safe; many appenders of many processes may work on one partition.
/// Lifetime: ends before its Directory. After a crash: a frame is there whole or not at all, and every frame whose
/// append() or await_durable() returned a value is there.
class Appender {
 public:
  virtual ~Appender() = default;
  /// Encodes, writes, and returns once the events are durable and visible. `columns.count` may be 0 only with a
  /// commit. More than a frame can hold is Errc::bad_input.
  [[nodiscard]] Result<Stamp> append(const EventColumns& columns, const AppendOptions& options = {}) {
    auto stamp = write(columns, options);
    if (!stamp) return stamp;
    if (auto durable = await_durable(*stamp); !durable) return propagate(durable);
    return stamp;
  }
  /// As append(), but returns once written: not yet durable, not yet visible, not to be acknowledged.
  [[nodiscard]] virtual Result<Stamp> write(const EventColumns& columns, const AppendOptions& options = {}) = 0;
  /// Returns once everything up to the stamp is durable and visible; an error means that it may not be.
  [[nodiscard]] virtual Result<void> await_durable(const Stamp& stamp) = 0;
  /// Becomes the owner: durably raises the partition's owner epoch by one and returns it. Appends that name an older
  /// epoch fail from then on.
  [[nodiscard]] virtual Result<std::uint32_t> take_ownership() = 0;
};

}  // namespace kappa::log
