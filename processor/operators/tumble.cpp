// Tumbling windows: floor division of microseconds, where the remainder of a time before 1970 is made positive.
#include "operators/tumble.hpp"

#include <limits>
#include <optional>
#include <utility>

#include "kappa/processor/evaluate.hpp"

namespace kappa::processor {
namespace {

constexpr Micros kInfinity = std::numeric_limits<Micros>::max();
constexpr Micros kMinusInfinity = std::numeric_limits<Micros>::min();
constexpr Micros kTimestampMin = -210'866'803'200'000'000;  // 4713-11-24 BC, PostgreSQL's first timestamp.

struct Window {
  Micros start = 0;
  Micros end = 0;
};

std::optional<Window> window_of(Micros time, Micros size) {
  if (time == kInfinity || time == kMinusInfinity) return Window{time, time};
  const Micros remainder = time % size;
  Window window;
  if (__builtin_sub_overflow(time, remainder < 0 ? remainder + size : remainder, &window.start)) return std::nullopt;
  if (__builtin_add_overflow(window.start, size, &window.end)) return std::nullopt;
  if (window.start < kTimestampMin || window.end == kInfinity) return std::nullopt;
  return window;
}

}  // namespace

TumbleOperator::TumbleOperator(ExpressionPointer time, Micros size, ErrorLog& errors, Consumer& next)
    : time_(std::move(time)), size_(size), errors_(errors), next_(next) {}

void TumbleOperator::push(Batch batch) {
  const ColumnPointer times = evaluate(*time_, batch);
  std::vector<std::uint32_t> kept;
  kept.reserve(batch.rows);
  std::vector<Micros> starts;
  std::vector<Micros> ends;
  starts.reserve(batch.rows), ends.reserve(batch.rows);
  for (std::size_t row = 0; row < batch.rows; ++row) {
    if (times->error(row) != nullptr) {
      errors_.reject(batch, row, times->errors[row]);
    } else if (!times->is_null(row)) {
      const std::optional<Window> window = window_of(times->as<Micros>()[row], size_);
      if (!window) {
        errors_.reject(batch, row, make_error("22008", "timestamp out of range"));
        continue;
      }
      kept.push_back(static_cast<std::uint32_t>(row));
      starts.push_back(window->start), ends.push_back(window->end);
    }
  }
  if (kept.empty()) return;
  Batch windows = kept.size() == batch.rows ? std::move(batch) : gather(batch, kept);
  for (std::vector<Micros>* bound : {&starts, &ends}) {
    auto column = std::make_shared<Column>();
    column->kind = TypeKind::timestamp;
    column->data = std::move(*bound);
    windows.columns.push_back(std::move(column));
  }
  next_.push(std::move(windows));
}

}  // namespace kappa::processor
