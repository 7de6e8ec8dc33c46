// What the operations of crash histories come to, so that those who are killed in them have something to lose.
#include "crash_history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "disk_seam.hpp"
#include "must.hpp"

namespace kappa::test {
namespace {

std::vector<std::uint64_t> offsets(CrashProcess& process) {
  std::vector<std::uint64_t> found;
  const FoundTopics topics = must(process.read());
  for (const FoundFrame& frame : topics[0].frames) found.push_back(frame.offset.value);
  return found;
}

TEST(CrashHistory, CompactionTakesRowsAndThenTheirDeletion) {
  CrashDisk disk;
  DiskSeam seam(disk);
  Ledger ledger;
  const CrashSetup setup = make_crash_setup(seam, ledger, 1500);
  CrashProcess process(seam, setup, ledger);
  ASSERT_TRUE(process.open());
  // The events 0 to 9, of which the last one deletes the rows of its key; the one that rolls is a row of the other key.
  for (int i = 0; i < 9; ++i) ASSERT_TRUE(process.perform(Operation::append));
  ASSERT_TRUE(process.perform(Operation::roll));
  EXPECT_EQ(offsets(process).size(), 11u);
  ASSERT_TRUE(process.perform(Operation::compact));
  EXPECT_THAT(offsets(process), testing::ElementsAre(9, 10));
  ASSERT_TRUE(process.perform(Operation::compact));
  EXPECT_THAT(offsets(process), testing::ElementsAre(10));
  Found found;
  found.topics = must(process.read());
  EXPECT_EQ(ledger.judge(found, Ledger::Crash::power), "");
}

}  // namespace
}  // namespace kappa::test
