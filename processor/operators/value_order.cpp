#include "operators/value_order.hpp"

#include <bit>

#include "kappa/processor/row_codec.hpp"

namespace kappa::processor {
namespace {

// The encoding is asked of its one definition; equal values that differ are rare enough for that.
template <typename T>
std::string encoded(TypeKind kind, const T& value) {
  Column column = make_column(kind, 1);
  column.as<T>()[0] = value;
  Batch batch;
  batch.rows = 1;
  batch.columns.push_back(std::make_shared<const Column>(std::move(column)));
  std::string bytes;
  encode_row(batch, 0, bytes);
  return bytes;
}

}  // namespace

bool has_lesser_encoding(const Numeric& a, const Numeric& b) {
  if (a.kind != Numeric::Kind::finite || a.scale == b.scale) return false;
  return encoded(TypeKind::numeric, a) < encoded(TypeKind::numeric, b);
}

bool has_lesser_encoding(double a, double b) {
  if (a != 0 || std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b)) return false;
  return encoded(TypeKind::double_precision, a) < encoded(TypeKind::double_precision, b);
}

}  // namespace kappa::processor
