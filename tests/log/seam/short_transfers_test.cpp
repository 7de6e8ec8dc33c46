// The operating system may transfer fewer bytes than it was asked to and may be interrupted at any call. It seldom
// does, so here it always does.
#include <gtest/gtest.h>

#include <string>

#include "seam/seam.hpp"
#include "system_calls.hpp"
#include "temporary_directory.hpp"

namespace kappa::test {
namespace {

class ShortTransfers : public testing::Test {
 protected:
  ShortTransfers() { calls_->short_transfers = true; }

  ToldSystemCalls calls_;
  TemporaryDirectory directory_;
  log::Seam& seam_ = log::real_seam();
  log::File file_ = seam_.open((directory_.path() / "file").string(), log::OpenMode::create).value();
};

TEST_F(ShortTransfers, AreGoneOnWithUntilAllIsDone) {
  const std::string first = "thirteen bytes";
  const std::string second(1000, 'x');
  const Bytes parts[] = {as_bytes(first), Bytes{}, as_bytes(second)};
  ASSERT_TRUE(seam_.write(file_, 3, parts));
  ASSERT_TRUE(seam_.sync_data(file_));
  ASSERT_TRUE(seam_.sync(file_));
  std::string read(2000, '\0');
  const auto got = seam_.read(file_, 3, std::as_writable_bytes(std::span(read)));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(read.substr(0, *got), first + second);
  EXPECT_GT(calls_->interrupted, 100);
}

TEST_F(ShortTransfers, AreNotTheOnlyCallsThatAreBegunAgain) {
  const log::File directory = seam_.open(directory_.path().string(), log::OpenMode::directory).value();
  ASSERT_TRUE(seam_.allocate(file_, 5000));
  EXPECT_EQ(seam_.size(file_).value(), 5000u);
  EXPECT_EQ(calls_->interrupted, 2);
  EXPECT_TRUE(seam_.lock(directory, log::LockMode::exclusive, std::chrono::seconds(0)).value());
  EXPECT_EQ(calls_->interrupted, 4);
}

}  // namespace
}  // namespace kappa::test
