#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kappa/base/event.hpp"
#include "kappa/base/result.hpp"
#include "kappa/processor/column.hpp"
#include "kappa/processor/plan.hpp"
#include "kappa/processor/schema.hpp"

namespace kappa::processor {

/// A topic that a processor reads. EventBatch::input is the index in Processor::inputs().
struct InputSpec {
  std::string topic;
};

/// Something a processor keeps and whose changes it emits: a view's contents, or a view's errors.
struct OutputSpec {
  std::string name;  ///< Of the changelog topic: the view's name, or `<view>.errors`.
  Schema schema;
  std::optional<std::vector<std::uint32_t>> unique_key;  ///< Columns; see ViewDefinition::unique_key.
  bool is_errors = false;
  bool arrival_order =
      false;  ///< Insert-only, in the order of arrival: one table through filters, projections, windows.
  std::vector<std::uint32_t> inputs;  ///< Indexes of the inputs that it depends on.
};

/// Takes the changes of one advance(), output by output, rows in the order in which the changelog shall have them
/// (semantics: one topic through filters, projections and windows: arrival; else by encoded key, retract before
/// insert, encoded row). Called any number of times an output; every weight is non-zero; consolidated: no row occurs
/// in two changes of one advance() with the order "else". The batch is valid during the call.
class ChangeSink {
 public:
  virtual ~ChangeSink() = default;
  [[nodiscard]] virtual Result<void> changes(std::size_t output, const Batch& rows) = 0;
};

/// A view, or several, as a function of the events so far. Knows neither a clock, nor files, nor whether it is live.
/// Not thread-safe. Results depend on the events in their one order only: never on how they were split into batches,
/// nor on when advance() was called.
class Processor {
 public:
  virtual ~Processor() = default;
  /// Constant over the life of the processor.
  [[nodiscard]] virtual std::span<const InputSpec> inputs() const = 0;
  [[nodiscard]] virtual std::span<const OutputSpec> outputs() const = 0;
  /// Declared version: another string is another definition.
  [[nodiscard]] virtual std::string_view version() const = 0;
  /// Takes the next events in the one order. The batch's memory may be kept by holding EventBatch::memory. An error
  /// ends the run before this batch (a resource limit, on_error = 'stop').
  [[nodiscard]] virtual Result<void> process(const EventBatch& batch) = 0;
  /// Emits the net change since the last advance().
  [[nodiscard]] virtual Result<void> advance(Sequence position, ChangeSink& sink) = 0;
  /// Sentences for whoever watches, none that was taken before: they depend on the events, and no result on them.
  [[nodiscard]] virtual std::vector<std::string> take_warnings() = 0;
  /// Rough bytes of output held until advance(), 128 or more a change: when to end a commit, never what is in it.
  [[nodiscard]] virtual std::size_t pending_bytes() const = 0;
  /// Bytes of keyed state.
  [[nodiscard]] virtual std::size_t state_bytes() const = 0;
};

/// The processor of a program's views: all of them, or the named ones with what they need. Errc::not_found for a name
/// that is not a view of the program.
[[nodiscard]] Result<std::unique_ptr<Processor>> make_processor(Program program,
                                                                const std::vector<std::string>& views = {});

}  // namespace kappa::processor
