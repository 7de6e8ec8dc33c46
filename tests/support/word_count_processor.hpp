#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kappa/processor/processor.hpp"

namespace kappa::test {

/// A processor written by hand: counts the blank-separated words of a topic's values. Its output is (word text,
/// count bigint) with the word as the key.
class WordCountProcessor final : public processor::Processor {
 public:
  explicit WordCountProcessor(std::string topic, std::string view = "word_count", std::string version = "1")
      : version_(std::move(version)) {
    inputs_.push_back({std::move(topic)});
    outputs_.push_back({.name = std::move(view),
                        .schema = {{"word", {processor::TypeKind::text}}, {"count", {processor::TypeKind::bigint}}},
                        .unique_key = std::vector<std::uint32_t>{0},
                        .inputs = {0}});
  }

  [[nodiscard]] std::span<const processor::InputSpec> inputs() const override { return inputs_; }
  [[nodiscard]] std::span<const processor::OutputSpec> outputs() const override { return outputs_; }
  [[nodiscard]] std::string_view version() const override { return version_; }

  [[nodiscard]] Result<void> process(const EventBatch& batch) override {
    for (std::size_t i = 0; i < batch.columns.count; ++i) {
      std::string_view rest = as_text(batch.columns.values[i]);
      while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        if (end != 0) ++counts_[std::string(rest.substr(0, end))].now;
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
    return {};
  }

  [[nodiscard]] Result<void> advance(Sequence, processor::ChangeSink& sink) override {
    std::vector<Change> changes;
    for (auto& [word, count] : counts_) {
      if (count.now == count.emitted) continue;
      if (count.emitted != 0) changes.push_back({word, count.emitted, -1});
      changes.push_back({word, count.now, 1});
      count.emitted = count.now;
    }
    return changes.empty() ? Result<void>() : sink.changes(0, batch_of(changes));
  }

  [[nodiscard]] std::vector<std::string> take_warnings() override { return {}; }
  [[nodiscard]] std::size_t pending_bytes() const override { return counts_.size() * sizeof(Count); }
  [[nodiscard]] std::size_t state_bytes() const override { return counts_.size() * sizeof(Count); }

 private:
  struct Count {
    std::int64_t now = 0;
    std::int64_t emitted = 0;
  };
  struct Change {
    std::string_view word;
    std::int64_t count = 0;
    std::int64_t weight = 0;
  };
  // The order of encoded keys: a text's length stands before its bytes.
  struct ByEncoding {
    bool operator()(const std::string& a, const std::string& b) const {
      return a.size() != b.size() ? a.size() < b.size() : a < b;
    }
  };

  static processor::Batch batch_of(const std::vector<Change>& changes) {
    processor::Column words = processor::make_column(processor::TypeKind::text, changes.size());
    processor::Column counts = processor::make_column(processor::TypeKind::bigint, changes.size());
    processor::Batch batch;
    batch.rows = changes.size();
    for (std::size_t i = 0; i < changes.size(); ++i) {
      words.as<std::string_view>()[i] = changes[i].word;
      counts.as<std::int64_t>()[i] = changes[i].count;
      batch.weights.push_back(changes[i].weight);
    }
    batch.columns = {std::make_shared<const processor::Column>(std::move(words)),
                     std::make_shared<const processor::Column>(std::move(counts))};
    return batch;
  }

  std::string version_;
  std::vector<processor::InputSpec> inputs_;
  std::vector<processor::OutputSpec> outputs_;
  std::map<std::string, Count, ByEncoding> counts_;
};

}  // namespace kappa::test
