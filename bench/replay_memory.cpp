// The largest resident set of the command, less the state that the view says it keeps.
#include <fmt/format.h>

#include <fstream>

#include "figures.hpp"
#include "replays.hpp"

namespace kappa::bench {
namespace {

constexpr double kMebibyte = 1 << 20;

class Ignoring final : public processor::ChangeSink {
 public:
  Result<void> changes(std::size_t, const processor::Batch&) override { return {}; }
};

void measure(const Setup& setup, std::string_view name, const std::string& sql) {
  const auto log = setup.bids();
  const auto file = setup.work / "memory.sql";
  std::ofstream(file) << sql;
  const auto peak = static_cast<double>(execute({setup.kappa, "replay", file, "-q", "-d", log}).peak_bytes);
  Ignoring ignoring;
  const auto state = static_cast<double>(drive(*open_log(log), define(sql), ignoring));
  tell(fmt::format("memory of a replay beside its state, {}", name), (peak - state) / kMebibyte, Target::at_most, 256,
       "MiB");
  explain(fmt::format("peak {:.1f} MiB, state {:.1f} MiB", peak / kMebibyte, state / kMebibyte));
}

}  // namespace

void replay_memory(const Setup& setup) {
  measure(setup, "filter", kFilterSql);
  measure(setup, "counts", kCountSql);
  measure(setup, "rows", kProjectionSql);
}

}  // namespace kappa::bench
