#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace kappa {

/// Edits (insert, delete, replace, swap of neighbours) between two names, ASCII case ignored (optimal string
/// alignment).
[[nodiscard]] inline std::size_t name_distance(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  std::vector<std::vector<std::size_t>> edits(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) edits[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) edits[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
      edits[i][j] = std::min({edits[i - 1][j] + 1, edits[i][j - 1] + 1, edits[i - 1][j - 1] + change});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) edits[i][j] = std::min(edits[i][j], edits[i - 2][j - 2] + 1);
    }
  }
  return edits[a.size()][b.size()];
}

/// The candidate that a mistyped name most probably meant: the nearest one within a third of the name's length (at
/// least 1 edit, at most 3); the first of equals; empty if there is none.
[[nodiscard]] inline std::string near_miss(std::string_view name, const std::vector<std::string>& candidates) {
  std::size_t best = std::clamp<std::size_t>(name.size() / 3, 1, 3) + 1;
  std::string found;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = name_distance(name, candidate);
    if (distance < best) best = distance, found = candidate;
  }
  return found;
}

}  // namespace kappa
