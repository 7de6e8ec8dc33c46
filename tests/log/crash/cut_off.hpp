#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <set>
#include <string>

#include "failing_disk.hpp"
#include "fmt/format.h"
#include "images.hpp"
#include "rarer.hpp"

namespace kappa::test {

/// Some work on a disk on which all is durable, cut off anywhere, or of which any call fails. A judge says what is
/// wrong with what is left; it may change that.
class CutOff : public testing::Test {
 public:
  /// A way in which a call of such work fails: it alone, or all of its kind from it on.
  struct Failure {
    const char* name;
    FailingCall::Kind kind;
    bool for_good = false;
    friend std::ostream& operator<<(std::ostream& out, const Failure& failure) { return out << failure.name; }
    [[nodiscard]] FailingCall of_call(int number) const { return {.kind = kind, .left = number, .for_good = for_good}; }
  };

 protected:
  using Judge = std::function<std::string(CrashDisk&)>;
  using Work = std::function<void(log::Seam&)>;

  /// How many of the disks that a loss of power may leave are judged at each moment.
  struct Samples {
    std::size_t prefixes = 8;
    int random = 3;
  };
  explicit CutOff(Samples samples, std::uint64_t seed) : samples_(samples), random_(seed) {}

  /// Judges what a crash at this moment may leave; what is wrong is in wrong_, each once.
  void examine(const CrashDisk& disk, const Judge& judge) {
    look(disk.after_kill(), "a kill", judge);
    const CrashImages images(disk);
    for (std::size_t units = 0; units <= images.units(); units += 1 + images.units() / samples_.prefixes)
      look(images.image(images.first(units, PageImage::older), random_), "a loss of power", judge);
    for (int i = 0; i < samples_.random; ++i) {
      Survivors some = images.first(0, PageImage::mixed);
      for (std::size_t unit = 0; unit < images.units(); ++unit) some.kept[unit] = random_() % 2 == 0;
      some.lost = static_cast<LostBytes>(random_() % 4);
      look(images.image(some, random_), "a loss of power that keeps some", judge);
    }
  }

  /// For the seam of some work on that disk: at each of its calls judges what a crash there may leave.
  [[nodiscard]] auto at_each_call(const CrashDisk& disk, Judge judge) {
    return [this, &disk, judge = std::move(judge)](DiskSeam::Point point) {
      if (point == DiskSeam::Point::call) examine(disk, judge);
    };
  }

  /// Does the work anew for each of its calls, which fails; what is left is nothing wrong, and neither is what a loss
  /// of power then leaves.
  void fail_each_call(const Failure& failure, const Work& work, const Judge& judge) {
    constexpr int kCallsMax = 3000;
    // Under a sanitizer, of long work, fewer of those that go on failing; each of these calls also fails alone.
    const auto after = [&](int number) { return number + (failure.for_good && kRarer > 1 && number > 40 ? 4 : 1); };
    int number = 1;
    for (FailingCall call = failure.of_call(number); number < kCallsMax;
         call = failure.of_call(number = after(number))) {
      CrashDisk disk = disk_.after_kill();
      DiskSeam seam(disk);
      FailingDisk failing(seam, call);
      work(failing);
      if (!call.fired) break;
      disk.settle_store();
      const CrashImages images(disk);
      CrashDisk lost = images.image(images.first(images.units() / 2, PageImage::older), random_);
      for (CrashDisk* left : {&disk, &lost}) ASSERT_EQ(judge(*left), "") << "where call " << number << " fails";
    }
    EXPECT_GT(number, 5);
  }

  CrashDisk disk_;
  Samples samples_;
  std::set<std::string> wrong_;
  std::uint64_t states_ = 0;
  Random random_;

 private:
  void look(CrashDisk disk, const char* kind, const Judge& judge) {
    ++states_;
    const std::string wrong = judge(disk);
    if (!wrong.empty()) wrong_.insert(fmt::format("{}: {}", kind, wrong));
  }
};

/// The ways in which a call of such work fails, as the parameter of a test.
inline auto cut_off_failures() {
  using enum FailingCall::Kind;
  using Failure = CutOff::Failure;
  return testing::Values(Failure{"Refused", refused}, Failure{"Half", half}, Failure{"SyncLost", lost},
                         Failure{"SyncLostAndEvicted", evicted}, Failure{"RefusedForGood", refused, true},
                         Failure{"SyncsLostForGood", lost, true}, Failure{"NoSpace", no_space, true});
}
inline std::string failure_name(const testing::TestParamInfo<CutOff::Failure>& tested) {
  return tested.param.name;
}

}  // namespace kappa::test
