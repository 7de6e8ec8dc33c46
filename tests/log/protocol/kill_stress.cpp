// The stress of the protocol with real processes and a real kill -9. What children did is told through anonymous shared
// memory, which outlives them: an acknowledgement is noted there after the append returned and before the next one
// begins, so that what is noted was acknowledged.
#include "kill_stress.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>

#include "bound_fork.hpp"
#include "kappa/base/event_builder.hpp"
#include "kappa/log/directory.hpp"
#include "temporary_directory.hpp"

namespace kappa::log {
namespace {

constexpr std::size_t kTopics = 3;
constexpr std::size_t kAcknowledgementsMax = 1U << 20U;
constexpr std::size_t kDeliveriesMax = 1U << 21U;
constexpr int kReaders = 2;
enum Stage : int { running, draining };

struct Event {
  std::uint64_t topic, offset, id;
  friend bool operator==(const Event&, const Event&) = default;
};
struct Delivery {
  std::uint64_t sequence;
  Event first;  ///< The first event of the frame.
};

struct Shared {
  std::atomic<int> stage{running};
  std::atomic<std::uint64_t> next_id{1};
  std::atomic<std::uint64_t> acknowledged{0};
  std::atomic<std::uint64_t> delivered[kReaders];
  Event acknowledgements[kAcknowledgementsMax];
  Delivery deliveries[kReaders][kDeliveriesMax];
};

Shared* make_shared_memory() {
  void* memory =
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? nullptr : new (memory) Shared;
}

std::unique_ptr<Directory> open(const std::filesystem::path& path, Access access) {
  auto opened = Directory::open(path, {.access = access});
  if (!opened) std::fprintf(stderr, "open: %s\n", opened.error().message.c_str());
  return opened ? std::move(*opened) : nullptr;
}

std::vector<TopicInfo> topics_of(Directory& directory) {
  std::vector<TopicInfo> topics;
  for (std::size_t i = 0; i < kTopics; ++i) {
    auto found = directory.catalog().find_topic(fmt::format("t{}", i));
    if (found && *found) topics.push_back(**found);
  }
  return topics;
}

std::uint64_t id_of(Bytes value) {
  return std::strtoull(std::string(as_text(value)).c_str(), nullptr, 10);
}

int append_until_killed(const std::filesystem::path& path, Shared& shared, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto directory = open(path, Access::read_write);
  if (!directory) return 2;
  std::vector<std::unique_ptr<Appender>> appenders;
  for (const TopicInfo& topic : topics_of(*directory)) {
    auto appender = directory->appender(topic);
    if (!appender) return 2;
    appenders.push_back(std::move(*appender));
  }
  EventBatchBuilder events;
  while (shared.stage == running) {
    const std::size_t topic = random() % appenders.size();
    const std::uint64_t id = shared.next_id.fetch_add(1);
    events.clear();
    for (std::uint64_t n = 1 + random() % 3; n > 0; --n)
      events.add({.value = as_bytes(fmt::format("{} {}", id, std::string(random() % 700, 'x')))});
    auto stamp = appenders[topic]->append(events.columns());
    if (!stamp) {
      std::fprintf(stderr, "append: %s\n", stamp.error().message.c_str());
      return 3;
    }
    const std::uint64_t place = shared.acknowledged.fetch_add(1);
    if (place < kAcknowledgementsMax) shared.acknowledgements[place] = {topic, stamp->first.value, id};
  }
  return 0;
}

// Gives every frame up to the bound that is known now; false after an error.
template <typename Deliver>
bool deliver_to_bound(OrderedReader& reader, Deliver deliver) {
  const auto bound = reader.bound();
  if (!bound) return false;
  for (;;) {
    auto batch = reader.next(*bound);
    if (!batch) {
      std::fprintf(stderr, "next: %s\n", batch.error().message.c_str());
      return false;
    }
    if (!*batch) return true;
    deliver(**batch);
  }
}

Delivery delivery_of(const EventBatch& batch) {
  return {batch.sequence.value, {batch.input, batch.first_offset.value, id_of(batch.columns.values[0])}};
}

int read_until_drained(const std::filesystem::path& path, Shared& shared, int me) {
  const auto directory = open(path, me == 0 ? Access::read_write : Access::read_only);
  if (!directory) return 2;
  auto reader = directory->ordered_reader(topics_of(*directory));
  if (!reader) return 2;
  shared.delivered[me] = 0;
  const auto note = [&](const EventBatch& batch) {
    const std::uint64_t place = shared.delivered[me];
    if (place < kDeliveriesMax) shared.deliveries[me][place] = delivery_of(batch);
    shared.delivered[me] = place + 1;
  };
  for (;;) {
    const bool last_round = shared.stage == draining;
    if (!deliver_to_bound(**reader, note)) return 3;
    if (last_round) return 0;
  }
}

int make_topics(const std::filesystem::path& path) {
  const auto opened = Directory::open(path, {.access = Access::read_write, .create = true});
  if (!opened) return 1;
  for (std::size_t i = 0; i < kTopics; ++i)
    if (!(*opened)->create_topic(fmt::format("t{}", i), TopicKind::user)) return 1;
  return 0;
}

int append_to_each_topic(const std::filesystem::path& path) {
  const auto directory = open(path, Access::read_write);
  if (!directory) return 1;
  EventBatchBuilder events;
  events.add({.value = as_bytes("0 settled")});
  for (const TopicInfo& topic : topics_of(*directory)) {
    const auto appender = directory->appender(topic);
    if (!appender || !(*appender)->append(events.columns())) return 1;
  }
  return 0;
}

class Stress {
 public:
  Stress(int appenders, int seconds) : seconds_(seconds), appenders_(static_cast<std::size_t>(appenders)) {}

  void run() {
    ASSERT_NE(shared_, nullptr);
    in_child([this] { return make_topics(path_); });
    for (pid_t& child : appenders_) child = start_appender();
    for (int i = 0; i < kReaders; ++i) readers_[i] = start_reader(i);
    kill_at_random();
    for (const pid_t child : appenders_) end(child);
    // An append to each topic publishes what the dead have left written, so that the readers' bound passes all of it.
    in_child([this] { return append_to_each_topic(path_); });
    shared_->stage = draining;
    for (const pid_t child : readers_) {
      int status = 0;
      waitpid(child, &status, 0);
      EXPECT_EQ(status, 0) << "a reader failed";
    }
    check();
  }

 private:
  // In a child, since a process that has opened a directory must not fork.
  template <typename Body>
  void in_child(Body body) {
    const pid_t child = test::bound_fork(body);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_EQ(status, 0);
  }
  pid_t start_appender() {
    const std::uint64_t seed = random_();
    return test::bound_fork([&] { return append_until_killed(path_, *shared_, seed); });
  }
  pid_t start_reader(int me) {
    return test::bound_fork([&] { return read_until_drained(path_, *shared_, me); });
  }
  // A child that has ended by itself before it was killed has found an error.
  void end(pid_t child) {
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "a child ended by itself with status " << WEXITSTATUS(status);
    ++kills_;
  }
  void kill_at_random() {
    const auto stop = std::chrono::steady_clock::now() + std::chrono::seconds(seconds_);
    while (std::chrono::steady_clock::now() < stop && !::testing::Test::HasFailure()) {
      usleep(static_cast<useconds_t>(5'000 + random_() % 20'000));  // A random moment, not a wait for anything.
      pid_t& victim = appenders_[random_() % appenders_.size()];
      end(victim);
      victim = start_appender();
      if (random_() % 50 != 0) continue;
      const auto reader = static_cast<int>(random_() % kReaders);
      end(readers_[reader]);
      readers_[reader] = start_reader(reader);
    }
  }

  void check() {
    const auto directory = open(path_, Access::read_write);
    ASSERT_NE(directory, nullptr);
    auto reader = directory->ordered_reader(topics_of(*directory));
    ASSERT_TRUE(reader);
    std::vector<Delivery> replayed;
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> ids;
    ASSERT_TRUE(deliver_to_bound(**reader, [&](const EventBatch& batch) {
      replayed.push_back(delivery_of(batch));
      ids[{batch.input, batch.first_offset.value}] = replayed.back().first.id;
    }));
    check_acknowledged(ids);
    for (int i = 0; i < kReaders; ++i) check_reader(i, replayed);
    std::printf("%zu appenders, %d s: kills %lu, acknowledged %lu, frames %zu\n", appenders_.size(), seconds_, kills_,
                shared_->acknowledged.load(), replayed.size());
    std::printf("figure: kills: %lu kills\nfigure: kills: %lu appends acknowledged, none lost\n", kills_,
                shared_->acknowledged.load());
    EXPECT_GT(shared_->acknowledged.load(), 0U);
  }
  void check_acknowledged(const std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t>& ids) {
    std::uint64_t lost = 0;
    const std::uint64_t count = std::min<std::uint64_t>(shared_->acknowledged, kAcknowledgementsMax);
    for (std::uint64_t i = 0; i < count; ++i) {
      const Event& event = shared_->acknowledgements[i];
      if (event.id == 0) continue;  // Its process died between counting and noting.
      const auto found = ids.find({event.topic, event.offset});
      lost += found == ids.end() || found->second != event.id ? 1 : 0;
    }
    EXPECT_EQ(lost, 0U) << "acknowledged appends are lost";
  }
  void check_reader(int me, const std::vector<Delivery>& replayed) {
    ASSERT_EQ(shared_->delivered[me].load(), replayed.size()) << "reader " << me;
    for (std::size_t i = 0; i < std::min(replayed.size(), kDeliveriesMax); ++i) {
      const Delivery& live = shared_->deliveries[me][i];
      ASSERT_EQ(live.sequence, replayed[i].sequence) << "reader " << me << ", delivery " << i;
      ASSERT_EQ(live.first, replayed[i].first) << "reader " << me << ", delivery " << i;
    }
  }

  int seconds_;
  Shared* shared_ = make_shared_memory();
  test::TemporaryDirectory root_;
  std::filesystem::path path_ = root_.path() / "data";
  std::vector<pid_t> appenders_;
  pid_t readers_[kReaders] = {};
  std::mt19937_64 random_{std::random_device{}()};
  std::uint64_t kills_ = 0;
};

}  // namespace

void run_kill_stress(int appenders, int seconds) {
  Stress(appenders, seconds).run();
}

int stress_seconds(int otherwise) {
  const char* text = std::getenv("KAPPA_STRESS_SECONDS");
  return text == nullptr ? otherwise : std::atoi(text);
}

}  // namespace kappa::log
