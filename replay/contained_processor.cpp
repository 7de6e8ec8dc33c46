#include "contained_processor.hpp"

#include <fmt/format.h>

#include <exception>
#include <optional>

#include "kappa/base/shortage.hpp"

namespace kappa::replay {

namespace {

constexpr const char* kHint =
    "what it had committed stands; mend it, and run it again (under another version if its results change)";

/// Of the exception that is being handled.
Error thrown(const std::string& where) {
  try {
    throw;
  } catch (const std::exception& error) {
    const char* const what = error.what();
    return {Errc::query, fmt::format("{} threw: {}", where, what != nullptr ? what : "no text"), kHint};
  } catch (...) {
    return {Errc::query, fmt::format("{} threw something that is no std::exception", where), kHint};
  }
}

class ContainedProcessor final : public processor::Processor {
 public:
  /// Throws what it throws.
  explicit ContainedProcessor(std::unique_ptr<processor::Processor> made)
      : made_(std::move(made)), inputs_(made_->inputs()), outputs_(made_->outputs()), version_(made_->version()) {
    for (const processor::OutputSpec& output : outputs_)
      if (!output.is_errors) name_ += (name_.empty() ? "" : ", ") + output.name;
  }

  [[nodiscard]] std::span<const processor::InputSpec> inputs() const override { return inputs_; }
  [[nodiscard]] std::span<const processor::OutputSpec> outputs() const override { return outputs_; }
  [[nodiscard]] std::string_view version() const override { return version_; }
  [[nodiscard]] Result<void> process(const EventBatch& batch) override {
    return contain("the events of sequence", batch.sequence, [&] { return made_->process(batch); });
  }
  [[nodiscard]] Result<void> advance(Sequence position, processor::ChangeSink& sink) override {
    return contain("its changes up to sequence", position, [&] { return made_->advance(position, sink); });
  }
  [[nodiscard]] std::vector<std::string> take_warnings() override {
    return or_nothing("its warnings", [&] { return made_->take_warnings(); });
  }
  [[nodiscard]] std::size_t pending_bytes() const override {
    return or_nothing("its size", [&] { return made_->pending_bytes(); });
  }
  [[nodiscard]] std::size_t state_bytes() const override {
    return or_nothing("its size", [&] { return made_->state_bytes(); });
  }

 private:
  template <typename Call>
  Result<void> contain(std::string_view over, Sequence at, const Call& call) {
    if (broken_) return std::unexpected(*broken_);
    try {
      return call();
    } catch (const std::bad_alloc&) {
      broken_ = out_of_memory().error();
    } catch (...) {
      broken_ = thrown(fmt::format("the processor of {}, over {} {},", name_, over, at.value));
    }
    return std::unexpected(*broken_);
  }
  /// What has no place for an error is told by the next call that has.
  template <typename Call>
  std::invoke_result_t<const Call&> or_nothing(std::string_view over, const Call& call) const {
    if (broken_) return {};
    try {
      return call();
    } catch (const std::bad_alloc&) {
      broken_ = out_of_memory().error();
    } catch (...) {
      broken_ = thrown(fmt::format("the processor of {}, over {},", name_, over));
    }
    return {};
  }

  std::unique_ptr<processor::Processor> made_;
  // Constant over its life.
  std::span<const processor::InputSpec> inputs_;
  std::span<const processor::OutputSpec> outputs_;
  std::string_view version_;
  std::string name_;                     ///< Of its views.
  mutable std::optional<Error> broken_;  ///< Not thread-safe, as a processor.
};

}  // namespace

Result<std::unique_ptr<processor::Processor>> make_contained(
    const std::function<std::unique_ptr<processor::Processor>()>& make) {
  try {
    auto made = make();
    if (made != nullptr) return std::make_unique<ContainedProcessor>(std::move(made));
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  } catch (...) {
    return std::unexpected(thrown("the making of a processor"));
  }
  return fail(Errc::query, "the making of a processor gave none", kHint);
}

}  // namespace kappa::replay
