// What a process that may only read finds out for itself: how far it may read what nobody has published, and below
// which sequence a merge may go on meanwhile.
#include <gtest/gtest.h>

#include "forwarding_seam.hpp"
#include "log_fixture.hpp"

namespace kappa::test {
namespace {

using log::LogTest;
using Strings = std::vector<std::string>;

constexpr std::chrono::milliseconds kWaitMax{200};

/// A reader's machine. Its time passes by being looked at, so that a wait that is in vain ends soon.
class ReaderSeam final : public ForwardingSeam {
 public:
  Result<std::size_t> read_device(const log::File& file, std::uint64_t position, std::span<std::byte> buffer) override {
    auto got = ForwardingSeam::read_device(file, position, buffer);
    if (only_cached && file.path().find("/x/") != std::string::npos) std::ranges::fill(buffer, std::byte{0});
    return got;
  }
  Result<void> sync_data(const log::File& file) override {
    ++syncs;
    if (fails_syncs) return fail(Errc::io, "cannot sync " + file.path());
    return ForwardingSeam::sync_data(file);
  }
  std::chrono::nanoseconds monotonic() override { return time_ += std::chrono::milliseconds{1}; }
  std::uint64_t boot_id() override { return ForwardingSeam::boot_id() + starts; }

  bool only_cached = false;  ///< What is in the files of x has not reached the device.
  bool fails_syncs = false;
  int syncs = 0;
  std::uint64_t starts = 0;  ///< Of the machine, since the test began.

 private:
  std::chrono::nanoseconds time_{};
};

class VisibleEndTest : public LogTest {
 protected:
  [[nodiscard]] std::unique_ptr<log::Directory> open_reader() {
    auto opened = log::open_directory(data(), {.access = log::Access::read_only, .seam = &seam_}, {});
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? std::move(*opened) : nullptr;
  }
  static std::unique_ptr<log::OrderedReader> merge_of(log::Directory& directory) {
    const log::TopicInfo inputs[] = {topic(directory, "x"), topic(directory, "y")};
    return directory.ordered_reader(inputs).value();
  }
  /// What the merge delivers up to its bound.
  static Strings served(log::OrderedReader& reader) {
    const Sequence bound = reader.bound().value();
    Strings values;
    for (;;) {
      const auto batch = reader.next(bound);
      EXPECT_TRUE(batch) << batch.error().message;
      if (!batch || !*batch) return values;
      add_values(**batch, values);
    }
  }

  ReaderSeam seam_;
};

/// A reader at work while an appender writes what it never syncs.
class ReadOnlyHelp : public VisibleEndTest {
 protected:
  ReadOnlyHelp() {
    append(*writer_, "x", {"x1"});
    append(*writer_, "y", {"y1"});
    reading_ = open_reader();
    reader_ = merge_of(*reading_);
    appender_ = writer_->appender(topic(*writer_, "x")).value();
    EXPECT_EQ(served(*reader_), (Strings{"x1", "y1"}));
  }
  Sequence write(const std::string& value) {
    EventBatchBuilder events;
    events.add({.value = as_bytes(value)});
    return appender_->write(events.columns()).value().sequence;
  }
  /// Waits for what comes after a sequence; false if nothing has come.
  bool wait_past(Sequence past) {
    const auto reached = reader_->wait_past(past, kWaitMax, {});
    EXPECT_TRUE(reached) << reached.error().message;
    return reached && *reached > past;
  }

  ForwardingSeam writing_;
  std::unique_ptr<log::Directory> writer_ = open({}, &writing_);
  std::unique_ptr<log::Directory> reading_;
  std::unique_ptr<log::OrderedReader> reader_;
  std::unique_ptr<log::Appender> appender_;
};

TEST_F(ReadOnlyHelp, LooksAgainForWhatWasWrittenSince) {
  const Sequence second = write("x2");
  ASSERT_TRUE(wait_past(Sequence{second.value - 1}));
  EXPECT_EQ(served(*reader_), Strings{"x2"});
  write("x3");
  ASSERT_TRUE(wait_past(second));
  EXPECT_EQ(served(*reader_), Strings{"x3"});
}

TEST_F(ReadOnlyHelp, LooksOnceWhileNothingIsWritten) {
  const Sequence second = write("x2");
  ASSERT_TRUE(wait_past(Sequence{second.value - 1}));
  const int before = seam_.syncs;
  EXPECT_FALSE(wait_past(second));
  EXPECT_EQ(seam_.syncs, before);
}

TEST_F(ReadOnlyHelp, LetsTheOtherInputsGoOn) {
  write("x2");
  const Sequence last = append(*writer_, "y", {"y2"}).sequence;
  ASSERT_TRUE(wait_past(Sequence{last.value - 1}));
  EXPECT_EQ(served(*reader_), (Strings{"x2", "y2"}));
}

TEST_F(ReadOnlyHelp, ServesNothingThatIsNotOnTheDevice) {
  seam_.only_cached = true;
  const Sequence second = write("x2");
  append(*writer_, "y", {"y2"});
  EXPECT_FALSE(wait_past(Sequence{second.value - 1}));
  EXPECT_EQ(served(*reader_), Strings{});
  seam_.only_cached = false;
  ASSERT_TRUE(wait_past(second));
  EXPECT_EQ(served(*reader_), (Strings{"x2", "y2"}));
}

// What the failed sync was to bring to the device is not there after the next one, which succeeds.
TEST_F(ReadOnlyHelp, TellsOfASyncThatFails) {
  seam_.fails_syncs = seam_.only_cached = true;
  const Sequence second = write("x2");
  const auto refused = reader_->wait_past(Sequence{second.value - 1}, kWaitMax, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "cannot sync " + files("x", ".seg").front().string());
  EXPECT_EQ(served(*reader_), Strings{});
  seam_.fails_syncs = false;
  EXPECT_FALSE(wait_past(Sequence{second.value - 1}));
  EXPECT_EQ(served(*reader_), Strings{});
  append(*writer_, "x", {"x3"});
  EXPECT_EQ(served(*reader_), (Strings{"x2", "x3"}));
}

TEST_F(ReadOnlyHelp, YieldsToWhatIsPublished) {
  const Sequence second = write("x2");
  ASSERT_TRUE(wait_past(Sequence{second.value - 1}));
  append(*writer_, "x", {"x3"});
  append(*writer_, "y", {"y2"});
  EXPECT_EQ(served(*reader_), (Strings{"x2", "x3", "y2"}));
}

/// A reader in a directory in which nobody has written since the machine started.
class ColdReader : public VisibleEndTest {
 protected:
  ColdReader() {
    std::string crashed;
    {
      const auto directory = open({}, &seam_);
      append(*directory, "x", {"x1"});
      append(*directory, "y", {"y1"});
      const auto appender = directory->appender(topic(*directory, "x")).value();
      EXPECT_TRUE(try_append(*appender, {"x2"}));
      append(*directory, "y", {"y2"});
      crashed = content();
    }
    // The mark behind x2 was never written.
    std::ofstream(files("x", ".seg").front(), std::ios::binary) << crashed;
    seam_.starts = 1;
  }
  [[nodiscard]] std::string content() const {
    std::ifstream file(files("x", ".seg").front(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(ColdReader, ServesWhatIsOnTheDevice) {
  const auto directory = open_reader();
  EXPECT_EQ(served(*merge_of(*directory)), (Strings{"x1", "y1", "x2", "y2"}));
}

TEST_F(ColdReader, PassesOverNothingThatRecoveryMayMakeDurable) {
  seam_.only_cached = true;
  const auto directory = open_reader();
  const auto reader = merge_of(*directory);
  EXPECT_EQ(served(*reader), Strings{"x1"});
  EXPECT_EQ(served(*reader), Strings{});
  const auto recovered = open({}, &seam_);
  EXPECT_EQ(served(*reader), (Strings{"y1", "x2", "y2"}));
  append(*recovered, "x", {"x3"});
  EXPECT_EQ(served(*reader), Strings{"x3"});
}

}  // namespace
}  // namespace kappa::test
