#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kappa::processor {

/// Encoded keys of a batch's rows, one after the other. All of one width, or (width 0) each ending at ends[i].
struct KeyBatch {
  std::string bytes;
  std::size_t count = 0;
  std::size_t width = 0;
  std::vector<std::size_t> ends;

  [[nodiscard]] std::string_view operator[](std::size_t i) const {
    if (width != 0) return std::string_view(bytes).substr(i * width, width);
    const std::size_t begin = i == 0 ? 0 : ends[i - 1];
    return std::string_view(bytes).substr(begin, ends[i] - begin);
  }
};

}  // namespace kappa::processor
