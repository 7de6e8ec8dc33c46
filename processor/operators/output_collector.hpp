#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "kappa/processor/processor.hpp"
#include "operators/operator.hpp"

namespace kappa::processor {

enum class OutputOrder : std::uint8_t {
  arrival,  ///< As rows came; nothing is ever taken away.
  encoded   ///< Consolidated; by encoded key, retract before insert, encoded row.
};

/// The end of a view: keeps the changes of an interval, and at its end brings them into the changelog's order. Views
/// over this view then get them, and so does the sink.
class OutputCollector final : public StatefulOperator {
 public:
  /// `key`: see OutputSpec::unique_key.
  OutputCollector(OutputOrder order, std::optional<std::vector<std::uint32_t>> key);
  [[nodiscard]] OutputOrder order() const { return order_; }
  /// A reader of this view within the same processor; outlives it.
  void subscribe(Consumer& reader) { readers_.push_back(&reader); }

  void push(Batch batch) override;
  [[nodiscard]] Result<void> check_room() const override { return {}; }
  void apply() override;
  void discard() override { staged_.clear(); }
  void emit() override;
  [[nodiscard]] std::size_t pending_bytes() const override { return pending_bytes_; }
  [[nodiscard]] std::size_t state_bytes() const override { return 0; }

  /// Whether the interval that emit() ended has changes.
  [[nodiscard]] bool has_changes() const { return !ready_.empty(); }
  /// Hands out the changes of the interval that emit() ended.
  [[nodiscard]] Result<void> deliver(std::size_t output, ChangeSink& sink);
  /// Drops them: nobody asked for this output.
  void drop() { ready_.clear(); }

 private:
  OutputOrder order_;
  std::optional<std::vector<std::uint32_t>> key_;
  std::vector<Consumer*> readers_;
  std::vector<Batch> staged_;
  std::vector<Batch> pending_;
  std::size_t pending_bytes_ = 0;
  std::vector<Batch> ready_;
};

}  // namespace kappa::processor
