// The campaign finds the same each time, goes on where it stopped, and only with what is its own.
#include "campaign.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "temporary_directory.hpp"

namespace kappa::test {
namespace {

/// A worker that has histories of three and four operations only: shorter ones have by far more states.
constexpr std::uint64_t kWorker = 4;
constexpr std::uint64_t kWorkers = 128;

Campaign campaign(const std::string& sources = "these", std::uint64_t seed = 1, std::uint64_t workers = kWorkers) {
  return {seed, kWorker, workers, sources};
}

void run(Campaign& campaign, Campaign::Progress& progress, int histories) {
  for (int i = 0; i < histories; ++i)
    for (const std::string& fault : campaign.run_next(progress)) ADD_FAILURE() << fault;
}

/// What does not depend on what else was seen by the same process: different disks are counted once in each.
std::string judged(const Campaign::Progress& progress) {
  std::ostringstream text;
  text << progress.next << " histories, " << progress.faults << " faults";
  for (const CrashCounts& counts : progress.stages) text << "; " << counts.histories << ' ' << counts.states;
  return text.str();
}

class CampaignTest : public testing::Test {
 protected:
  Campaign::Progress load(const Campaign& campaign) {
    told_.str("");
    return campaign.load(path(), told_);
  }
  void expect_anew(const Campaign& campaign) {
    const Campaign::Progress progress = load(campaign);
    EXPECT_EQ(progress.next, 0u);
    EXPECT_EQ(progress.faults, 0u);
    EXPECT_EQ(progress.total().states, 0u);
    EXPECT_NE(told_.str().find("begun anew"), std::string::npos);
  }
  std::string path() const { return (folder_.path() / "progress").string(); }

  TemporaryDirectory folder_;
  std::ostringstream told_;
};

TEST_F(CampaignTest, FindsTheSameEachTimeAlsoWhereItIsStoppedAndGoneOnWith) {
  Campaign whole = campaign();
  Campaign::Progress at_once;
  run(whole, at_once, 6);
  EXPECT_EQ(at_once.total().histories, 6u);
  EXPECT_GT(at_once.total().states, 1000u);
  EXPECT_EQ(at_once.faults, 0u);

  Campaign first = campaign();
  Campaign::Progress half;
  run(first, half, 3);
  first.save(path(), half);
  Campaign second = campaign();
  Campaign::Progress rest = load(second);
  EXPECT_EQ(judged(rest), judged(half));
  EXPECT_EQ(told_.str(), "");
  run(second, rest, 3);
  EXPECT_EQ(judged(rest), judged(at_once));
}

TEST_F(CampaignTest, BeginsAnewWithoutAFile) {
  EXPECT_EQ(load(campaign()).next, 0u);
  EXPECT_EQ(told_.str(), "");
}

TEST_F(CampaignTest, BeginsAnewWhereAFileIsNotItsOwnAndSaysSo) {
  Campaign::Progress found{.next = 5, .stages = {}, .faults = 2};
  found.stages[1].states = 7;
  campaign().save(path(), found);
  EXPECT_EQ(load(campaign()).faults, 2u);
  expect_anew(campaign("others"));
  EXPECT_NE(told_.str().find("these seed 1"), std::string::npos) << told_.str();
  expect_anew(campaign("these", 2));
  expect_anew(campaign("these", 1, kWorkers + 1));
  expect_anew(Campaign(1, kWorker + 1, kWorkers, "these"));
}

TEST_F(CampaignTest, BeginsAnewWhereAFileIsCutOff) {
  campaign().save(path(), {.next = 5, .stages = {}});
  std::filesystem::resize_file(path(), std::filesystem::file_size(path()) / 2);
  expect_anew(campaign());
  std::ofstream(path(), std::ios::trunc) << "1 16 13 5 0 1.5\n";  // As it was before it named sources.
  expect_anew(campaign());
}

/// So many, whatever else is judged beside them: also where a sanitizer watches. The two of no operation, with every
/// recovery crashed in turn; then those of a worker that has two to four operations, and random ones.
TEST(CrashCampaignStates, AreAHundredThousandInEachTestRun) {
  constexpr std::uint64_t kWanted = 100'000;
  constexpr std::uint64_t kMixed = 3;
  std::uint64_t judged = 0;
  for (const std::uint64_t worker : {std::uint64_t{0}, std::uint64_t{1}, kMixed}) {
    Campaign part(1, worker, 16);
    Campaign::Progress progress;
    do {
      run(part, progress, 1);
    } while (worker == kMixed && judged + progress.total().states < kWanted && !HasFailure());
    judged += progress.total().states;
  }
  EXPECT_GE(judged, kWanted);
  std::cout << judged << " crash states\n";
}

}  // namespace
}  // namespace kappa::test
