#pragma once
#include <map>
#include <string>
#include <vector>

#include "kappa/processor/fingerprint.hpp"
#include "kappa/processor/processor.hpp"
#include "kappa/processor/row_codec.hpp"

namespace kappa::test {

/// Adds up what a processor emits: the contents of every output as JSON rows with weights, and their fingerprints.
class CollectedChanges final : public processor::ChangeSink {
 public:
  explicit CollectedChanges(const processor::Processor& source)
      : source_(source), contents_(source.outputs().size()), fingerprints_(source.outputs().size()) {}

  Result<void> changes(std::size_t output, const processor::Batch& rows) override {
    for (std::size_t row = 0; row < rows.rows; ++row) {
      std::string json;
      processor::row_to_json(source_.outputs()[output].schema, rows, row, json);
      last_.push_back((rows.weight(row) < 0 ? "- " : "+ ") + json);
      if ((contents_[output][json] += rows.weight(row)) == 0) contents_[output].erase(json);
    }
    fingerprints_[output].add(rows);
    return {};
  }

  using Contents = std::map<std::string, std::int64_t>;
  [[nodiscard]] const Contents& contents(std::size_t output) const { return contents_[output]; }
  [[nodiscard]] const std::vector<Contents>& contents() const { return contents_; }
  [[nodiscard]] const std::vector<processor::Fingerprint>& fingerprints() const { return fingerprints_; }
  /// `+ {row}` and `- {row}` of all outputs since the last call, in order.
  [[nodiscard]] std::vector<std::string> take_last() { return std::exchange(last_, {}); }

 private:
  const processor::Processor& source_;
  std::vector<Contents> contents_;
  std::vector<processor::Fingerprint> fingerprints_;
  std::vector<std::string> last_;
};

}  // namespace kappa::test
