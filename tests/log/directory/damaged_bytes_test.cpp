// A small segment is cut off at every length, and has every byte inverted (of long stretches of zeros, samples), as the
// last one and as one that was left.
// Either all events are served as they were, or the damage is told with its file and place; what is served before it is
// a beginning of what was appended, never anything else, and nothing is written to a damaged file.
//
// One thing is lost without being called damage, and log-protocol.md §5 says so: where the process died before its mark
// was synced, nothing vouches for the frame of the last sync. Damage in it alone is a torn tail: cut off, reported, and
// kept aside. (Damage in the frame before it is told already by the last one's durable position.)
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>

#include "forwarding_seam.hpp"
#include "kappa/log/verify.hpp"
#include "log_fixture.hpp"
#include "protocol/tail.hpp"
#include "segment/seal.hpp"

namespace kappa::test {
namespace {

using log::Directory;
using log::LogTest;
using Strings = std::vector<std::string>;

constexpr std::uint64_t kSegmentBytes = 12'900;
constexpr std::size_t kStep = 17;      ///< Likewise, where less is done for each.
constexpr std::size_t kFewEvents = 2;  ///< That fit into one segment.
constexpr std::size_t kManyEvents = 3;
constexpr std::size_t kSparse = 1021;  ///< Of stretches of zeros, every so many bytes are inverted.

/// Nothing here loses power, so nothing need wait for a device.
class FastSeam final : public ForwardingSeam {
 public:
  Result<void> sync_data(const log::File&) override { return {}; }
  Result<void> sync(const log::File&) override { return {}; }
};

class DamagedBytes : public LogTest {
 protected:
  enum class Residual { none, last_frame };

  [[nodiscard]] std::unique_ptr<Directory> reopen() const {
    log::ProtocolOptions small;
    small.segment_bytes = kSegmentBytes;
    return open(small, &seam_);
  }
  static std::string value(std::size_t i) { return "value " + std::to_string(i); }
  [[nodiscard]] static std::string content(const std::filesystem::path& path) {
    // At once: byte by byte it took a third of the processor time of these tests under a sanitizer.
    std::string bytes(std::filesystem::file_size(path), '\0');
    std::ifstream(path, std::ios::binary).read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return bytes;
  }
  static void store(const std::filesystem::path& path, const std::string& bytes) {
    // In place: a file that is emptied first is written to the device at once.
    std::fstream(path, std::ios::binary | std::ios::in | std::ios::out) << bytes;
    std::filesystem::resize_file(path, bytes.size());
  }
  /// Appends so many events one by one, and keeps the first segment as it then stands: marked, or as a death leaves it.
  enum class Left { marked, unmarked };
  void fill(std::size_t events, Left left) {
    const auto directory = reopen();
    auto appender = directory->appender(topic(*directory, "t")).value();
    for (std::size_t i = 0; i < events; ++i) {
      events_.push_back(value(i));
      ASSERT_TRUE(try_append(*appender, {events_.back()}));
    }
    if (left == Left::marked) appender = nullptr;
    file_ = files("t", ".seg").front();
    whole_ = content(file_);
  }
  void seal() {
    ASSERT_EQ(log::seal_left_segments(seam_, file_.parent_path()).value(), 1u);
    whole_ = content(file_);
  }
  [[nodiscard]] bool in_zeros(std::size_t at) const {
    return at >= 16 && std::string_view(whole_).substr(at - 16, 32).find_first_not_of('\0') == std::string_view::npos;
  }
  [[nodiscard]] std::size_t last_frame() const { return whole_.rfind("KFRM"); }

  /// Opens, reads and verifies a directory in which the file is as given.
  void check(const std::string& damaged, Residual residual, const std::string& what) {
    ++checked_;
    store(file_, damaged);
    const auto directory = reopen();
    ASSERT_TRUE(directory) << what;
    const log::TopicInfo t = topic(*directory, "t");
    Strings served;
    const auto error = serve(*directory, t, served);
    ASSERT_TRUE(std::equal(served.begin(), served.end(), events_.begin())) << what;
    const auto report = log::verify_partition(*directory, t, 0);
    const auto notes = directory->take_recovery_notes();
    if (error) {
      EXPECT_EQ(error->code, Errc::corruption) << what << ": " << error->message;
      EXPECT_THAT(error->message, testing::HasSubstr(".seg: ")) << what;
      EXPECT_THAT(error->message, testing::ContainsRegex("byte|missing|hash|header")) << what;
      EXPECT_TRUE(!report || !report->damages.empty()) << what;
      EXPECT_EQ(content(file_), damaged) << what;
      return;
    }
    if (served.size() == events_.size()) return;
    ASSERT_EQ(residual, Residual::last_frame) << what << ": only " << served.size() << " events, and no error";
    EXPECT_EQ(served.size(), events_.size() - 1) << what;
    ASSERT_EQ(notes.size(), 1u) << what;
    EXPECT_EQ(content(notes[0].kept_aside), damaged.substr(notes[0].position, notes[0].bytes)) << what;
    std::filesystem::remove(notes[0].kept_aside);
  }
  static std::optional<Error> serve(Directory& directory, const log::TopicInfo& t, Strings& served) {
    auto reader = directory.reader(t);
    if (!reader) return reader.error();
    for (;;) {
      auto batch = (*reader)->next();
      if (!batch) return batch.error();
      if (!*batch) return std::nullopt;
      add_values(**batch, served);
    }
  }

  void invert_each_byte(Residual residual) {
    for (std::size_t i = 0; i < whole_.size() && !HasFailure(); ++i) {
      if (in_zeros(i) && i % kSparse != 0) continue;
      std::string damaged = whole_;
      damaged[i] = static_cast<char>(~damaged[i]);
      check(damaged, i >= last_frame() ? residual : Residual::none, "byte " + std::to_string(i));
    }
  }
  void cut_at_each_length() {
    for (std::size_t length = 0; length < whole_.size() && !HasFailure(); ++length) {
      if (in_zeros(length) && length % kSparse != 0) continue;
      check(whole_.substr(0, length), Residual::none, "length " + std::to_string(length));
    }
  }

  /// What opening a directory reads of the last segment, for the lengths that are not checked as a whole.
  void expect_damage_at_any_length() {
    store(file_, whole_);
    for (std::size_t length = log::kUnsealedBytesMin; length-- > 0 && !HasFailure();) {
      if (in_zeros(length) && length % kStep != 0) continue;
      ++checked_;
      std::filesystem::resize_file(file_, length);
      const auto tail = log::read_tail(seam_, file_.parent_path(), log::Access::read_only);
      const auto damage = tail ? log::damage_of(*tail, {}) : std::optional(tail.error());
      ASSERT_TRUE(damage) << length;
      EXPECT_EQ(damage->code, Errc::corruption) << length << ": " << damage->message;
    }
  }

  void TearDown() override {
    std::cout << "figure: bits: " << checked_ << " damaged or cut files\n";
    LogTest::TearDown();
  }

  int checked_ = 0;
  mutable FastSeam seam_;
  std::filesystem::path file_;
  std::string whole_;
  Strings events_;
};

TEST_F(DamagedBytes, OfAClosedSegmentAreToldWhereverItIsCutOff) {
  fill(kFewEvents, Left::marked);
  cut_at_each_length();
  expect_damage_at_any_length();
}

TEST_F(DamagedBytes, OfAClosedSegmentAreTold) {
  fill(kFewEvents, Left::marked);
  invert_each_byte(Residual::none);
}

TEST_F(DamagedBytes, OfAnUnmarkedSegmentAreToldWhereverItIsCutOff) {
  fill(kFewEvents, Left::unmarked);
  cut_at_each_length();
}

TEST_F(DamagedBytes, OfAnUnmarkedSegmentAreToldUpToItsLastSync) {
  fill(kFewEvents, Left::unmarked);
  invert_each_byte(Residual::last_frame);
}

TEST_F(DamagedBytes, OfASealedSegmentAreToldWhereverItIsCutOff) {
  fill(kManyEvents, Left::marked);
  seal();
  cut_at_each_length();
}

TEST_F(DamagedBytes, OfASealedSegmentAreTold) {
  fill(kManyEvents, Left::marked);
  seal();
  invert_each_byte(Residual::none);
}

}  // namespace
}  // namespace kappa::test
