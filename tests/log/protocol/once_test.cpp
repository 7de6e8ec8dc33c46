// An append that is made again stores nothing twice and loses nothing: whatever came between the two.
#include "kappa/log/once.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bound_fork.hpp"
#include "dying_seam.hpp"
#include "failing_seam.hpp"
#include "forwarding_seam.hpp"
#include "log_fixture.hpp"

namespace kappa::test {
namespace {

using log::Appender;
using log::LogTest;
using log::OnceByProducer;
using Strings = std::vector<std::string>;
using testing::ElementsAre;
using testing::HasSubstr;

/// The text before a colon; events without one have no identifier.
log::OnceById by_prefix() {
  return {[](Bytes value) -> std::optional<std::string_view> {
    const std::string_view text = as_text(value);
    return text.contains(':') ? std::optional(text.substr(0, text.find(':'))) : std::nullopt;
  }};
}

class Once : public LogTest {
 protected:
  std::unique_ptr<Appender> by(log::OnceOptions options) {
    return directory_->once_appender(topic(*directory_, "t"), 0, std::move(options)).value();
  }
  std::unique_ptr<Appender> producer(const std::string& name) { return by({OnceByProducer{name}, {}}); }
  std::uint64_t stored(Appender& appender, const Strings& values) {
    const auto stamp = try_append(appender, values);
    EXPECT_TRUE(stamp) << stamp.error().message;
    return stamp ? stamp->end.value - stamp->first.value : 0;
  }
  Strings events() { return read(*directory_, "t"); }

  std::unique_ptr<log::Directory> directory_ = open();
};

TEST_F(Once, ByProducerLeavesOutWhatWasAppended) {
  EXPECT_EQ(stored(*producer("p"), {"a", "b", "c"}), 3u);
  EXPECT_EQ(stored(*producer("p"), {"a", "b", "c"}), 0u);
  EXPECT_EQ(stored(*producer("p"), {"a", "b"}), 0u);
  const auto longer = producer("p");
  EXPECT_EQ(stored(*longer, {"a", "b"}), 0u);
  EXPECT_EQ(stored(*longer, {"c", "d"}), 1u);
  EXPECT_EQ(stored(*longer, {"e"}), 1u);
  EXPECT_EQ(stored(*producer("q"), {"a"}), 1u);
  EXPECT_THAT(events(), ElementsAre("a", "b", "c", "d", "e", "a"));
}

TEST_F(Once, IsKnownToLaterProcesses) {
  EXPECT_EQ(stored(*producer("p"), {"a", "b"}), 2u);
  directory_.reset();
  std::filesystem::remove(data() / "sequence");
  std::filesystem::remove(data() / "topics" / "t" / "0" / "head");
  directory_ = open();
  EXPECT_EQ(stored(*producer("p"), {"a", "b", "c"}), 1u);
  EXPECT_THAT(events(), ElementsAre("a", "b", "c"));
}

TEST_F(Once, AnotherInputUnderTheNameIsRefused) {
  EXPECT_EQ(stored(*producer("p"), {"a", "b"}), 2u);
  EXPECT_EQ(stored(*producer("p"), {"a", "b", "c", "d"}), 2u);
  for (const Strings& other : {Strings{"b", "a"}, Strings{"a", "x", "c"}, Strings{"x", "b", "c"}, Strings{"x"},
                               Strings{"a", "b", "x"}, Strings{"x", "b", "c", "d", "e"}}) {
    const auto refused = try_append(*producer("p"), other);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_THAT(refused.error().message, HasSubstr("not the events that the producer 'p' has appended"));
  }
  // Also where what differs is not the value.
  EventBatchBuilder keyed;
  keyed.add({.key = as_bytes("k"), .value = as_bytes("a")});
  keyed.add({.value = as_bytes("b")});
  EXPECT_FALSE(producer("p")->append(keyed.columns()));
  for (const Strings& beginning : {Strings{"a"}, Strings{"a", "b"}, Strings{"a", "b", "c"}})
    EXPECT_EQ(stored(*producer("p"), beginning), 0u);
  EXPECT_THAT(events(), ElementsAre("a", "b", "c", "d"));
}

TEST_F(Once, TwoOfTheSameProducerTakeTurns) {
  const auto one = producer("p");
  const auto two = producer("p");
  EXPECT_EQ(stored(*one, {"a", "b"}), 2u);
  EXPECT_EQ(stored(*two, {"a"}), 0u);
  EXPECT_EQ(stored(*two, {"b", "c"}), 1u);
  EXPECT_EQ(stored(*one, {"c", "d"}), 1u);
  EXPECT_THAT(events(), ElementsAre("a", "b", "c", "d"));
}

TEST_F(Once, ByIdentifierLeavesOutWhatHasIt) {
  const auto once = by({by_prefix(), {}});
  EXPECT_EQ(stored(*once, {"1:a", "2:b", "1:again"}), 2u);
  append(*directory_, "t", {"3:plain", "no identifier"});
  EXPECT_EQ(stored(*once, {"2:b", "3:c", "4:d"}), 1u);
  EXPECT_EQ(stored(*by({by_prefix(), {}}), {"4:d", "1:a"}), 0u);
  EXPECT_THAT(events(), ElementsAre("1:a", "2:b", "3:plain", "no identifier", "4:d"));
  const auto refused = try_append(*once, {"5:e", "none"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::bad_input);
  EXPECT_EQ(stored(*once, {"5:e"}), 1u);
}

/// A clock that the test moves.
class ClockSeam final : public ForwardingSeam {
 public:
  Micros now() override { return time; }
  Micros time = 1'000'000'000;
};

TEST_F(Once, ByIdentifierLooksBackAsFarAsTheWindow) {
  directory_.reset();
  ClockSeam seam;
  directory_ = open({}, &seam);
  constexpr Micros kHour = 3'600'000'000;
  auto once = by({by_prefix(), kHour});
  EXPECT_EQ(stored(*once, {"1:a"}), 1u);
  seam.time += kHour / 2;
  EXPECT_EQ(stored(*once, {"1:a", "2:b"}), 1u);
  seam.time += kHour / 2 + 1;
  EXPECT_EQ(stored(*once, {"1:a", "2:b"}), 1u);  // The first is beyond the window by now.
  EXPECT_EQ(stored(*once, {"3:c"}), 1u);
  seam.time += kHour + 1;
  EXPECT_EQ(stored(*by({by_prefix(), kHour}), {"3:c", "1:a"}), 2u);
  once.reset();
  directory_.reset();
}

/// Appends through a process that dies, while another one knows all that was there before.
class OnceBesideADeath : public Once {
 protected:
  void run(DyingSeam::At at) {
    std::array<int, 2> go{};
    ASSERT_EQ(pipe2(go.data(), O_CLOEXEC), 0);
    directory_.reset();
    const pid_t child = bound_fork([&] {
      char started = 0;
      if (::read(go[0], &started, 1) != 1) return 1;
      DyingSeam seam;
      const auto directory = log::Directory::open(data(), {.seam = &seam});
      if (!directory) return 2;
      const auto once =
          (*directory)->once_appender(**(*directory)->catalog().find_topic("t"), 0, {OnceByProducer{"p"}, {}});
      seam.dies_at = at;
      static_cast<void>(try_append(**once, {"a", "b", "c"}));
      return 3;
    });
    directory_ = open();
    topic(*directory_, "t");
    const auto mine = producer("p");
    EXPECT_EQ(stored(*mine, {"a"}), 1u);
    ASSERT_EQ(::write(go[1], "!", 1), 1);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);
    EXPECT_EQ(stored(*mine, {"b", "c", "d"}), 1u);
    EXPECT_THAT(events(), ElementsAre("a", "b", "c", "d"));
    for (const int end : go) close(end);
  }
};

TEST_F(OnceBesideADeath, WhatWasWrittenAndNotSyncedIsNotWrittenAgain) {
  run(DyingSeam::At::sync);
}
TEST_F(OnceBesideADeath, WhatWasWrittenAndNotNotedIsNotWrittenAgain) {
  run(DyingSeam::At::written);
}

TEST_F(Once, NothingIsWrittenBehindAFrameThatMayBeLost) {
  directory_.reset();
  FailingSeam seam;
  directory_ = open({}, &seam);
  auto once = producer("p");
  EXPECT_EQ(stored(*once, {"a"}), 1u);
  EventBatchBuilder first, second;
  first.add({.value = as_bytes("b")});
  second.add({.value = as_bytes("c")});
  ASSERT_TRUE(once->write(first.columns()));
  seam.fail_call(FailingSeam::Fault::sync_evicting, 1);
  EXPECT_FALSE(once->write(second.columns()));
  EXPECT_EQ(stored(*producer("p"), {"a", "b", "c"}), 2u);
  EXPECT_THAT(events(), ElementsAre("a", "b", "c"));
  once.reset();
  directory_.reset();
}

TEST_F(Once, RetentionMayTakeWhatIsBeingLookedAt) {
  directory_.reset();
  directory_ = open({.segment_bytes = 13'000});
  topic(*directory_, "t");
  for (int i = 0; i < 9; ++i) append(*directory_, "t", {fmt::format("{}:{}", i, std::string(500, 'x'))});
  bool trims = true;
  const auto trim_once = [&] {
    if (!std::exchange(trims, false)) return;
    const Offset end = directory_->catalog().read().value().end;
    const Offset begin{std::stoull(files("t", ".seg").back().stem())};
    ASSERT_GT(begin, Offset{2});
    ASSERT_TRUE(directory_->trim(topic(*directory_, "t"), std::vector<log::Trim>{{.begin = {0}, .end = begin}}, end));
  };
  const auto once = by({log::OnceById{[&, prefix = by_prefix()](Bytes value) {
                          trim_once();
                          return prefix.id_of(value);
                        }},
                        {}});
  EXPECT_EQ(stored(*once, {"8:x", "9:y"}), 1u);
  EXPECT_FALSE(trims);
}

/// A log whose segments cannot be opened, as long as the test says so.
class UnopenableSeam final : public ForwardingSeam {
 public:
  Result<log::File> open(const std::string& path, log::OpenMode mode) override {
    return unopenable && path.ends_with(".seg") ? fail(Errc::conflict, "in the way") : ForwardingSeam::open(path, mode);
  }
  bool unopenable = false;
};

TEST_F(Once, AConflictThatStaysIsTold) {
  directory_.reset();
  UnopenableSeam seam;
  directory_ = open({}, &seam);
  auto once = producer("p");
  append(*directory_, "t", {"plain"});
  seam.unopenable = true;
  EXPECT_EQ(try_append(*once, {"a"}).error().code, Errc::conflict);
  seam.unopenable = false;
  EXPECT_EQ(stored(*once, {"a"}), 1u);
  once.reset();
  directory_.reset();
}

TEST_F(Once, WhatIsAppendedWhileItLooksIsSeenLater) {
  append(*directory_, "t", {"1:a"});
  int asked = 0;
  const auto once = by({log::OnceById{[&, prefix = by_prefix()](Bytes value) {
                          if (++asked == 1) append(*directory_, "t", {"2:plain"});
                          return prefix.id_of(value);
                        }},
                        {}});
  EXPECT_EQ(stored(*once, {"2:b", "3:c"}), 1u);
  EXPECT_THAT(events(), ElementsAre("1:a", "2:plain", "3:c"));
}

TEST_F(Once, ConditionsAreRefused) {
  log::AppendOptions options;
  options.expected_end = Offset{0};
  EXPECT_EQ(try_append(*producer("p"), {"a"}, options).error().code, Errc::usage);
}

}  // namespace
}  // namespace kappa::test
