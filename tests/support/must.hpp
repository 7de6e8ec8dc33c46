#pragma once
#include <stdexcept>
#include <string>
#include <utility>

#include "kappa/base/event_builder.hpp"
#include "kappa/base/result.hpp"

namespace kappa::test {

/// The value of a result that a test's machinery cannot go on without.
template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

/// A batch of one event; `value` outlives it.
inline EventBatchBuilder event_of(const std::string& value) {
  EventBatchBuilder builder;
  builder.add({.value = as_bytes(value)});
  return builder;
}

}  // namespace kappa::test
