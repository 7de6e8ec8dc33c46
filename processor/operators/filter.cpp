// Filter: one pass over the condition's column chooses rows. Columns used by the condition alone are dropped before
// the chosen rows are gathered, since a wide text column costs more to carry than to test.
#include "operators/filter.hpp"

#include <utility>

#include "kappa/processor/evaluate.hpp"

namespace kappa::processor {

FilterOperator::FilterOperator(ExpressionPointer condition, std::vector<bool> needed, ErrorLog& errors, Consumer& next)
    : condition_(std::move(condition)), needed_(std::move(needed)), errors_(errors), next_(next) {}

void FilterOperator::push(Batch batch) {
  const ColumnPointer decided = evaluate(*condition_, batch);
  const std::vector<std::uint8_t>& truth = decided->as<std::uint8_t>();
  std::vector<std::uint32_t> kept;
  for (std::size_t row = 0; row < batch.rows; ++row) {
    if (decided->error(row) != nullptr) {
      errors_.reject(batch, row, decided->errors[row]);
    } else if (truth[row] != 0 && !decided->is_null(row)) {
      kept.push_back(static_cast<std::uint32_t>(row));
    }
  }
  if (kept.empty()) return;
  for (std::size_t i = 0; i < needed_.size(); ++i) {
    if (!needed_[i]) batch.columns[i] = nullptr;
  }
  next_.push(kept.size() == batch.rows ? std::move(batch) : gather(batch, kept));
}

}  // namespace kappa::processor
