// Zeros over a torn tail are on the device before anything is built on them, whichever sync fails on the way.
#include <gtest/gtest.h>

#include "failing_seam.hpp"
#include "log_fixture.hpp"

namespace kappa::test {
namespace {

using log::LogTest;

/// More than is looked at at once, and than the next append writes zeros ahead.
constexpr std::size_t kTornBytes = 6'000'000;
constexpr int kSyncsMax = 100;

class TornTail : public LogTest {
 protected:
  static std::string content(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// A tail of bytes that are no frame, also on the device.
  void tear(FailingSeam& seam) const {
    append(*open({}, &seam), "t", {"a"});
    const auto file = seam.open(files("t", ".seg").front(), log::OpenMode::write).value();
    end_ = content(file.path()).find_last_not_of('\0') / 8 * 8 + 8;
    const std::vector<std::byte> torn(kTornBytes, std::byte{7});
    const Bytes parts[] = {torn};
    ASSERT_TRUE(seam.write(file, end_, parts));
    ASSERT_TRUE(seam.sync(file));
  }
  /// False if the start was over before the sync came.
  bool run(int number) const {
    std::filesystem::remove_all(data());
    FailingSeam seam;
    tear(seam);
    seam.fail_call(FailingSeam::Fault::sync, number);
    const auto first = log::open_directory(data(), {.access = log::Access::read_write, .seam = &seam}, {});
    const bool fired = seam.fired();
    EXPECT_EQ(first.has_value(), !fired);
    seam.fail_call(FailingSeam::Fault::sync, 0);
    append(*open({}, &seam), "t", {"b"});
    const std::filesystem::path device = data().string() + "-device";
    seam.restore_device(data(), device);
    const std::string bytes = content(device / "topics/t/0/00000000000000000000.seg");
    EXPECT_EQ(bytes.find('\7', end_ + 1000), std::string::npos)
        << "torn bytes are left where sync " << number << " fails";
    std::filesystem::remove_all(device);
    return fired;
  }

  mutable std::size_t end_ = 0;
};

TEST_F(TornTail, IsWipedOnTheDeviceAlthoughASyncFails) {
  int number = 1;
  while (number < kSyncsMax && run(number) && !HasFailure()) ++number;
  EXPECT_GT(number, 4);
}

}  // namespace
}  // namespace kappa::test
