// Histories of processes on the simulated disk of tests/log/crash, decided by the input's bytes: what they do, how
// often there are marks, and which call of the disk fails, if any, once or until the end. After each operation the
// machine may lose power, and the process die alone or beside others; the oracle of the crash tests judges what
// recovery finds.
#include <memory>
#include <optional>

#include "crash_explorer.hpp"
#include "failing_disk.hpp"
#include "fuzz.hpp"

namespace kappa::fuzz {
namespace {

using test::CrashExplorer;
using test::FailingCall;

constexpr std::size_t kOperationsMax = 10;
constexpr std::uint64_t kOftenMarked = 1500;
constexpr std::uint64_t kRarelyMarked = 8ULL << 20;
constexpr int kRunsMax = 500;  ///< Of one explorer: it remembers every disk that it has seen.

constexpr test::CrashEffort kEffort{.moments = test::CrashEffort::Moments::after_operations,
                                    .random_images = 2,
                                    .torn_bytes = 1,
                                    .recovery = {.nested_one_in = 256, .appended_one_in = 16},
                                    .deaths_one_in = 4};

class Histories {
 public:
  explicit Histories(std::uint64_t mark_every_bytes) : explorer_(kEffort, mark_every_bytes) {
    explorer_.decorate([this](test::DiskSeam& disk) { return std::make_unique<test::FailingDisk>(disk, call_); }, {});
    explorer_.when_failures_end([this] { call_.for_good = false; });
  }

  [[nodiscard]] bool is_tired() { return ++runs_ > kRunsMax; }
  void explore(const FailingCall& call, const test::Operations& operations, std::uint64_t seed) {
    call_ = call;
    explorer_.explore(operations, seed,
                      call.left == 0 ? CrashExplorer::Failures::none : CrashExplorer::Failures::expected);
    require(explorer_.faults().empty(), "every crash is recovered from",
            explorer_.faults().empty() ? "" : explorer_.faults().front());
  }

 private:
  FailingCall call_;
  CrashExplorer explorer_;
  int runs_ = 0;
};

}  // namespace

void run(Bytes input) {
  static std::unique_ptr<Histories> known[2];
  FuzzInput take(input);
  const bool often = take.byte() % 2 == 0;
  constexpr std::uint8_t kKinds = 6;
  const std::uint8_t kind = take.byte();
  const FailingCall call{
      .kind = static_cast<FailingCall::Kind>(kind % kKinds), .left = take.byte(), .for_good = kind / kKinds % 2 == 1};
  const std::uint64_t seed = take.byte();
  test::Operations operations;
  while (!take.at_end() && operations.size() < kOperationsMax)
    operations.push_back(static_cast<test::Operation>(take.byte() % test::kOperations));
  auto& histories = known[often ? 0 : 1];
  if (!histories || histories->is_tired())
    histories = std::make_unique<Histories>(often ? kOftenMarked : kRarelyMarked);
  histories->explore(call, operations, seed);
}

}  // namespace kappa::fuzz
