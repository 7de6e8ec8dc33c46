#pragma once
#include <memory>
#include <string>
#include <vector>

#include "kappa/processor/processor.hpp"
#include "operators/pipeline.hpp"

namespace kappa::processor {

/// The processor of a program's views: see make_processor().
class PlanProcessor final : public Processor {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Processor>> make(Program program, const std::vector<std::string>& views);

  [[nodiscard]] std::span<const InputSpec> inputs() const override { return inputs_; }
  [[nodiscard]] std::span<const OutputSpec> outputs() const override { return outputs_; }
  [[nodiscard]] std::string_view version() const override { return version_; }
  [[nodiscard]] Result<void> process(const EventBatch& batch) override;
  [[nodiscard]] Result<void> advance(Sequence position, ChangeSink& sink) override;
  [[nodiscard]] std::vector<std::string> take_warnings() override;
  [[nodiscard]] std::size_t pending_bytes() const override;
  [[nodiscard]] std::size_t state_bytes() const override;

 private:
  explicit PlanProcessor(Program program) : program_(std::move(program)) {}
  void make_inputs();
  void make_outputs(const std::vector<bool>& selected);
  [[nodiscard]] Result<void> stage(const EventBatch& batch);
  [[nodiscard]] Result<void> check_staged() const;
  void discard_staged();
  void apply_staged();
  [[nodiscard]] Result<void> end_interval(std::size_t view);

  Program program_;
  std::vector<InputSpec> inputs_;
  std::vector<OutputSpec> outputs_;
  std::string version_;
  Pipelines pipelines_;
  std::vector<bool> selected_;  // By view.
};

}  // namespace kappa::processor
