// Ctrl-Z must not stop a process while it holds the lock of a directory.
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>

#include "seam/seam.hpp"
#include "temporary_directory.hpp"

namespace kappa::log {
namespace {

class StopSignal : public testing::Test {
 protected:
  StopSignal() {
    for (const char* one : {"outer", "inner"}) std::filesystem::create_directory(root_.path() / one);
  }

  [[nodiscard]] File open(const char* name) const {
    return real_seam().open((root_.path() / name).string(), OpenMode::directory).value();
  }
  static bool lock(const File& file) { return real_seam().lock(file, LockMode::exclusive, {}).value(); }
  static bool is_blocked() {
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    return sigismember(&mask, SIGTSTP) == 1;
  }
  static void mask(int how) {
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    pthread_sigmask(how, &stop, nullptr);
  }

  test::TemporaryDirectory root_;
};

TEST_F(StopSignal, IsBlockedUntilTheLastLockIsGivenUp) {
  const File outer = open("outer");
  const File inner = open("inner");
  ASSERT_TRUE(lock(outer));
  ASSERT_TRUE(lock(inner));
  real_seam().unlock(inner);
  EXPECT_TRUE(is_blocked());
  real_seam().unlock(outer);
  EXPECT_FALSE(is_blocked());
}

TEST_F(StopSignal, IsNoLongerBlockedOnceTheDirectoryIsClosed) {
  {
    const File outer = open("outer");
    ASSERT_TRUE(lock(outer));
  }
  EXPECT_FALSE(is_blocked());
}

TEST_F(StopSignal, IsNotBlockedByALockThatOthersHold) {
  const File outer = open("outer");
  const File again = open("outer");
  ASSERT_TRUE(lock(outer));
  EXPECT_FALSE(lock(again));
  EXPECT_TRUE(is_blocked());
  real_seam().unlock(outer);
  EXPECT_FALSE(is_blocked());
}

TEST_F(StopSignal, StaysBlockedForWhoHadItBlocked) {
  mask(SIG_BLOCK);
  const File outer = open("outer");
  ASSERT_TRUE(lock(outer));
  real_seam().unlock(outer);
  EXPECT_TRUE(is_blocked());
  mask(SIG_UNBLOCK);
}

}  // namespace
}  // namespace kappa::log
