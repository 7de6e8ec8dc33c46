#include "all_at_once.hpp"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

#include "kappa/base/shortage.hpp"

namespace kappa::replay {

namespace {

constexpr std::size_t kThreadsMax = 16;

}  // namespace

Result<void> all_at_once(std::span<const std::function<Result<void>()>> tasks) {
  std::vector<Result<void>> outcomes(tasks.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < tasks.size(); i = next++) outcomes[i] = told_of_shortage(tasks[i]);
  };
  {
    std::vector<std::jthread> helpers;  // Joined at the end of this block.
    const std::size_t threads = std::min(tasks.size(), kThreadsMax);
    try {
      while (helpers.size() + 1 < threads) helpers.emplace_back(work);
    } catch (const std::system_error&) {
      // No more threads to be had: those there are do it all, one of them this one.
    }
    work();
  }
  for (Result<void>& outcome : outcomes)
    if (!outcome) return propagate(outcome);
  return {};
}

}  // namespace kappa::replay
