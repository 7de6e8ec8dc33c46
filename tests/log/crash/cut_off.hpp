#pragma once
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <set>
#include <string>

#include "failing_disk.hpp"
#include "fmt/format.h"
#include "images.hpp"

namespace kappa::test {

/// Some work on a disk on which all is durable, cut off anywhere, or of which any call fails. A judge says what is
/// wrong with what is left; it may change that.
class CutOff : public testing::Test {
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

  /// Does the work anew for each of its calls, which fails; what is left is nothing wrong, and neither is what a loss
  /// of power then leaves.
  void fail_each_call(FailingCall::Kind kind, const Work& work, const Judge& judge) {
    constexpr int kCallsMax = 3000;
    int number = 1;
    for (FailingCall call{kind, number}; number < kCallsMax; call = {kind, ++number}) {
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
  return testing::Values(refused, half, lost, evicted);
}
inline std::string failure_name(const testing::TestParamInfo<FailingCall::Kind>& tested) {
  return std::array{"Refused", "Half", "SyncLost", "SyncLostAndEvicted"}[static_cast<std::size_t>(tested.param)];
}

}  // namespace kappa::test
