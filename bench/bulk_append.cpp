// Both read the same file from the page cache and compress at level 1; kappa moreover finds lines, hashes, and syncs.
#include <fmt/format.h>

#include "figures.hpp"

namespace kappa::bench {

void bulk_append(const Setup& setup) {
  const auto log = setup.work / "bids";
  const auto rival = setup.work / "bids.zst";
  Samples ours, theirs, ratio;
  for (int run = 0; run <= setup.large_runs; ++run) {
    std::filesystem::remove_all(log);
    const double mine = execute({setup.kappa, "append", "bid", setup.json, "-q", "-d", log}).cpu_seconds;
    const double other = execute({"zstd", "-1", "-T1", "-q", "-f", setup.json, "-o", rival}).cpu_seconds;
    if (run == 0) continue;  // The warm-up.
    ours.add(mine);
    theirs.add(other);
    ratio.add(other / mine);
  }
  tell("bulk append, zstd -1 -T1 / kappa", ratio.median(), Target::at_least, 0.6, "x");
  const auto bytes = static_cast<double>(std::filesystem::file_size(setup.json));
  explain(fmt::format("CPU: kappa {}, zstd {}; kappa {:.0f} MB/s a core", ours.text(1, "s"), theirs.text(1, "s"),
                      bytes / 1e6 / ours.median()));
}

}  // namespace kappa::bench
