// Both write the same bytes into a pipe that is read and thrown away; kappa moreover checks hashes and adds newlines.
#include <fmt/format.h>

#include "figures.hpp"

namespace kappa::bench {

void bulk_read(const Setup& setup) {
  const auto log = setup.bids();
  const auto rival = setup.work / "bids.zst";
  if (!std::filesystem::exists(rival)) execute({"zstd", "-1", "-T1", "-q", "-f", setup.json, "-o", rival});
  Samples ours, theirs, ratio;
  for (int run = 0; run <= setup.large_runs; ++run) {
    const double mine = execute({setup.kappa, "read", "bid", "-d", log}).cpu_seconds;
    const double other = execute({"zstd", "-dc", "-q", rival}).cpu_seconds;
    if (run == 0) continue;  // The warm-up.
    ours.add(mine);
    theirs.add(other);
    ratio.add(other / mine);
  }
  tell("bulk read, zstd -dc / kappa", ratio.median(), Target::at_least, 0.6, "x");
  const auto bytes = static_cast<double>(std::filesystem::file_size(setup.json));
  explain(fmt::format("CPU: kappa {}, zstd {}; kappa {:.0f} MB/s a core", ours.text(1, "s"), theirs.text(1, "s"),
                      bytes / 1e6 / ours.median()));
}

}  // namespace kappa::bench
