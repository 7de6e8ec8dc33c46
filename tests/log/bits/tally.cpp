#include "tally.hpp"

#include <numeric>

#include "fmt/format.h"

namespace kappa::test {

std::uint64_t Tally::all() const {
  return std::accumulate(counts_.begin(), counts_.end(), faults_);
}

std::string Tally::text(const std::string& of) const {
  std::string text = fmt::format("{}: {} damages", of, all());
  constexpr std::array<const char*, kOutcomes> kNames{"told by opening", "by reading", "by verify only",
                                                      "by checking",     "harmless",   "residual"};
  for (std::size_t i = 0; i < kOutcomes; ++i)
    if (counts_[i] != 0) text += fmt::format(", {} {}", counts_[i], kNames[i]);
  const std::uint64_t silent = count(Outcome::harmless) + count(Outcome::residual);
  text += fmt::format(", {} faults\nfigure: bits: {} damaged or cut files\n", faults_, all());
  text += fmt::format("figure: bits: {} told\nfigure: bits: {} harmless\n", all() - silent - faults_,
                      count(Outcome::harmless));
  return text + fmt::format("figure: bits: {} residual: told as a torn tail\n", count(Outcome::residual));
}

std::string why_no_telling(const Error& error, const std::string& path) {
  if (error.code != Errc::corruption) return "not told as damage: " + error.message;
  return error.message.find(path) == std::string::npos ? "another file is named: " + error.message : "";
}

}  // namespace kappa::test
