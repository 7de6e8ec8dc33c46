#pragma once
#include <fmt/format.h>

#include <functional>
#include <utility>

#include "forwarding_seam.hpp"
#include "kappa/log/verify.hpp"
#include "log_fixture.hpp"

namespace kappa::test {

inline constexpr Micros kDay = 86'400'000'000;
inline constexpr Micros kBegin = 1'000'000 * kDay / 1'000;

/// A clock that the test moves, and files that cannot be removed when it says so.
class RetentionSeam final : public ForwardingSeam {
 public:
  Micros now() override { return time; }
  Result<void> remove(const std::string& path) override {
    if (path.ends_with(".seg") && removals_left-- <= 0) return fail(Errc::io, "cannot remove " + path);
    return ForwardingSeam::remove(path);
  }
  Result<log::File> open(const std::string& path, log::OpenMode mode) override {
    if (before_opening && path.ends_with(opening)) std::exchange(before_opening, {})();
    return ForwardingSeam::open(path, mode);
  }
  Result<void> allocate(const log::File& file, std::uint64_t size) override {
    return disk_is_full ? fail(Errc::io, "no space") : ForwardingSeam::allocate(file, size);
  }
  Micros time = kBegin;
  bool disk_is_full = false;
  int removals_left = 1'000;
  std::string opening;  ///< How the path of a file ends.
  std::function<void()> before_opening;
};

/// A topic with an event a day, and what retention takes of it.
class RetentionTest : public log::LogTest {
 protected:
  void start(std::uint64_t segment_bytes = 13'000) {  // A few hundred bytes of frames.
    directory_.reset();
    log::ProtocolOptions protocol;
    protocol.segment_bytes = segment_bytes;
    directory_ = open(protocol, &seam_);
  }
  /// An event a day, each in a segment of its own but for the last two.
  void append_days(int days) {
    for (int day = 0; day < days; ++day, seam_.time += kDay)
      append(*directory_, "t", {"day" + std::to_string(day), std::string(500, 'x')});
  }
  log::TopicInfo set(const log::Retention& retention) {
    EXPECT_TRUE(directory_->set_retention(topic(*directory_, "t"), retention));
    return topic(*directory_, "t");
  }
  std::vector<log::Trim> plan() { return directory_->plan_retention(topic(*directory_, "t")).value(); }
  Result<bool> apply(const std::vector<log::Trim>& trims) {
    const Offset end = directory_->catalog().read().value().end;
    return directory_->trim(topic(*directory_, "t"), trims, end);
  }
  /// Says in the catalog that the log of t starts there, and does nothing about it, as a process that died then.
  log::TopicInfo record_trim(std::uint64_t log_start) {
    const log::TopicInfo info = topic(*directory_, "t");
    const std::string body = fmt::format(R"({{"id":"{:016x}{:016x}","partition":0,"log_start":{}}})", info.id.words[0],
                                         info.id.words[1], log_start);
    EXPECT_TRUE(directory_->catalog().append({{"topic_trimmed", "t", body, {}}}, {}));
    return info;
  }
  /// The days that are still there.
  std::vector<std::string> days() {
    auto values = read(*directory_, "t");
    std::erase_if(values, [](const std::string& value) { return value.starts_with("x"); });
    return values;
  }
  void expect_whole() {
    const auto report = log::verify_partition(*directory_, topic(*directory_, "t"), 0);
    ASSERT_TRUE(report) << report.error().message;
    for (const log::Damage& damage : report->damages) ADD_FAILURE() << damage.file << ": " << damage.what;
  }

  RetentionSeam seam_;
  std::unique_ptr<log::Directory> directory_;
};

}  // namespace kappa::test
