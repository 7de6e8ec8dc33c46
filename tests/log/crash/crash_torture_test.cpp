// The long form: `./dev reliability` runs it, one process a core, each with a file that says how far it has come.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "campaign.hpp"

namespace kappa::test {
namespace {

std::uint64_t given(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

TEST(CrashCampaign, FindsNothingLostNothingInventedAndNothingUnreported) {
  const char* sources = std::getenv("KAPPA_SOURCES");
  Campaign campaign(given("KAPPA_SEED", 1), given("KAPPA_WORKER", 0), given("KAPPA_WORKERS", 1),
                    sources != nullptr ? sources : "any");
  const std::uint64_t states = given("KAPPA_STATES", 1'000'000);
  const char* file = std::getenv("KAPPA_PROGRESS");
  Campaign::Progress progress = file != nullptr ? campaign.load(file, std::cerr) : Campaign::Progress{};
  while (progress.total().states < states) {
    for (const std::string& fault : campaign.run_next(progress)) ADD_FAILURE() << fault;
    if (file != nullptr) campaign.save(file, progress);
  }
  EXPECT_EQ(progress.faults, 0u) << "those of earlier runs counted; begin anew without "
                                 << (file != nullptr ? file : "");
  std::cout << campaign.describe(progress);
}

}  // namespace
}  // namespace kappa::test
