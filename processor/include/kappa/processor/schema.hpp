#pragma once
#include <string>
#include <vector>

#include "kappa/processor/type.hpp"

namespace kappa::processor {

/// A named column of a table or a view. Duplicate names within one view are refused when it is bound.
struct Field {
  std::string name;
  Type type;
  bool not_null = false;
  friend bool operator==(const Field&, const Field&) = default;
};
using Schema = std::vector<Field>;

}  // namespace kappa::processor
