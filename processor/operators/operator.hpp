#pragma once
#include <cstddef>

#include "kappa/base/result.hpp"
#include "kappa/processor/column.hpp"

namespace kappa::processor {

/// Takes changes (rows with weights) pushed from upstream. A stateless operator hands its own changes on within
/// push(); a stateful one only stages them. Columns that nothing downstream uses are null pointers.
class Consumer {
 public:
  Consumer() = default;
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;
  virtual ~Consumer() = default;
  virtual void push(Batch batch) = 0;
};

/// An operator that keeps state between batches. What was pushed has no effect before apply(), so that a batch of
/// events which must not be taken (on_error = 'stop', a resource limit) can be taken back as if it never came.
class StatefulOperator : public Consumer {
 public:
  /// Errc::query where the staged rows do not fit into the state.
  [[nodiscard]] virtual Result<void> check_room() const = 0;
  /// Takes the staged rows into the state.
  virtual void apply() = 0;
  /// Forgets the staged rows.
  virtual void discard() = 0;
  /// Ends an interval: pushes the net change since the last emit() downstream. Nothing is staged at that time.
  virtual void emit() = 0;
  /// Rough bytes that the next emit() will push.
  [[nodiscard]] virtual std::size_t pending_bytes() const = 0;
  [[nodiscard]] virtual std::size_t state_bytes() const = 0;
};

/// Rows a batch should have where an operator is free to choose.
inline constexpr std::size_t kBatchRows = 8192;
/// A pending change counts at least so many bytes, so that a limit of 8 MiB is also one of 64 k changes.
inline constexpr std::size_t kChangeBytes = 128;

}  // namespace kappa::processor
