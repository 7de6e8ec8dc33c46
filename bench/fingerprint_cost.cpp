// A view with a row for every event, where the fingerprint has most to do. The same loop, with and without it.
#include <fmt/format.h>

#include "figures.hpp"
#include "kappa/processor/fingerprint.hpp"
#include "replays.hpp"

namespace kappa::bench {
namespace {

class Counting final : public processor::ChangeSink {
 public:
  Result<void> changes(std::size_t, const processor::Batch& rows) override {
    rows_ += rows.rows;
    return {};
  }
  [[nodiscard]] std::uint64_t rows() const { return rows_; }

 private:
  std::uint64_t rows_ = 0;
};

class Fingerprinting final : public processor::ChangeSink {
 public:
  Result<void> changes(std::size_t, const processor::Batch& rows) override {
    fingerprint_.add(rows);
    return {};
  }
  [[nodiscard]] const processor::Fingerprint& fingerprint() const { return fingerprint_; }

 private:
  processor::Fingerprint fingerprint_;
};

}  // namespace

void fingerprint_cost(const Setup& setup) {
  const auto directory = open_log(setup.bids());
  const auto definition = define(kProjectionSql);
  Samples with, without, cost;
  std::uint64_t rows = 0;
  for (int run = 0; run <= setup.large_runs; ++run) {
    Counting counting;
    Fingerprinting fingerprinting;
    const double bare = cpu_seconds_of([&] { drive(*directory, definition, counting); });
    const double whole = cpu_seconds_of([&] { drive(*directory, definition, fingerprinting); });
    rows = counting.rows();
    if (static_cast<std::uint64_t>(fingerprinting.fingerprint().weight) != rows)
      give_up({Errc::corruption, "the two replays differ"});
    if (run == 0) continue;  // The warm-up.
    without.add(bare);
    with.add(whole);
    cost.add((whole - bare) / bare * 100);
  }
  tell("fingerprint of a replay", cost.median(), Target::at_most, 5, "%");
  explain(fmt::format("CPU: with {}, without {}; {:.0f} ns a row of {} rows", with.text(1, "s"), without.text(1, "s"),
                      (with.median() - without.median()) / static_cast<double>(rows) * 1e9, rows));
}

}  // namespace kappa::bench
