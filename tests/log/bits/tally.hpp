#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "injured_file.hpp"
#include "kappa/base/result.hpp"

namespace kappa::test {

/// What came of an injury, by who told of it first. The residual is what log-protocol.md §5 states.
enum class Outcome : std::uint8_t { opening, reading, verifying, checking, harmless, residual };
inline constexpr std::size_t kOutcomes = 6;

/// Counts outcomes, and keeps what must not be. Not thread-safe.
class Tally {
 public:
  void note(Outcome outcome, std::uint64_t times = 1) { counts_[static_cast<std::size_t>(outcome)] += times; }
  void fault(const Injury& injury, const std::string& what) { fault(describe(injury) + ": " + what); }
  void fault(std::string what) {
    ++faults_;
    if (kept_.size() < kKeptMax) kept_.push_back(std::move(what));
  }
  [[nodiscard]] std::uint64_t count(Outcome outcome) const { return counts_[static_cast<std::size_t>(outcome)]; }
  [[nodiscard]] std::uint64_t faults() const { return faults_; }
  [[nodiscard]] const std::vector<std::string>& kept() const { return kept_; }
  [[nodiscard]] std::uint64_t all() const;
  /// In a line for people, and as figures (tests/support/reliability.sh).
  [[nodiscard]] std::string text(const std::string& of) const;

 private:
  static constexpr std::size_t kKeptMax = 5;
  std::array<std::uint64_t, kOutcomes> counts_{};
  std::uint64_t faults_ = 0;
  std::vector<std::string> kept_;
};

/// Empty: the error is one of damage that names the file.
[[nodiscard]] std::string why_no_telling(const Error& error, const std::string& path);

}  // namespace kappa::test
