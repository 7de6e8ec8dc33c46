// Several processes append the same input at once, are killed anywhere and begin again: the log has it once.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <random>

#include "bound_fork.hpp"
#include "kappa/log/once.hpp"
#include "log_fixture.hpp"

namespace kappa::test {
namespace {

using log::LogTest;

constexpr int kProcesses = 4;
constexpr int kKills = 60;
constexpr std::size_t kEvents = 20'000;

log::OnceOptions by_producer() {
  return {log::OnceByProducer{"p"}, {}};
}
log::OnceOptions by_id() {
  return {log::OnceById{[](Bytes value) { return std::optional(as_text(value)); }}, {}};
}

class OnceKilled : public LogTest {
 protected:
  /// The whole input, in frames of random sizes.
  [[nodiscard]] int append_all(const log::OnceOptions& options, std::uint64_t seed) const {
    const auto directory = log::Directory::open(data(), {});
    if (!directory) return 2;
    const auto once = (*directory)->once_appender(**(*directory)->catalog().find_topic("t"), 0, options);
    if (!once) return 3;
    std::mt19937_64 random(seed);
    EventBatchBuilder events;
    for (std::size_t next = 0; next < kEvents;) {
      events.clear();
      for (std::size_t n = 1 + random() % 64; n > 0 && next < kEvents; --n, ++next)
        events.add({.value = as_bytes(std::to_string(next))});
      const auto stamp = (*once)->append(events.columns());
      if (!stamp) std::fprintf(stderr, "append: %s\n", stamp.error().message.c_str());
      if (!stamp) return 4;
    }
    return 0;
  }

  /// Kills and restarts until enough have died, then lets all come to their end.
  void run(const log::OnceOptions& options) {
    topic(*open(), "t");
    std::mt19937_64 random(7);
    std::vector<pid_t> children(kProcesses);
    const auto start = [&](pid_t& child) {
      const std::uint64_t seed = random();
      child = bound_fork([&] { return append_all(options, seed); });
    };
    for (pid_t& child : children) start(child);
    for (int kills = 0; kills < kKills; ++kills) {
      pid_t& child = children[random() % children.size()];
      const timespec moment{0, static_cast<long>(random() % 20'000'000)};
      nanosleep(&moment, nullptr);  // When it dies is the randomness of this test; nothing waits for it.
      kill(child, SIGKILL);
      waitpid(child, nullptr, 0);
      start(child);
    }
    for (const pid_t child : children) {
      int status = 0;
      ASSERT_EQ(waitpid(child, &status, 0), child);
      EXPECT_EQ(status, 0);
    }
  }
  std::vector<std::string> events() { return read(*open(), "t"); }
  static std::vector<std::string> input() {
    std::vector<std::string> values;
    for (std::size_t i = 0; i < kEvents; ++i) values.push_back(std::to_string(i));
    return values;
  }
};

TEST_F(OnceKilled, TheInputOfAProducerIsThereOnceAndInOrder) {
  run(by_producer());
  EXPECT_EQ(events(), input());
}

TEST_F(OnceKilled, EachIdentifierIsThereOnce) {
  run(by_id());
  auto found = events();
  auto expected = input();
  std::ranges::sort(found);
  std::ranges::sort(expected);
  EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace kappa::test
