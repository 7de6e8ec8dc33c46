#include "nexmark/nexmark.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "text/json_scan.hpp"

namespace kappa::cli {
namespace {

std::string event(std::uint64_t number, const NexmarkOptions& options = {}) {
  std::string text;
  NexmarkGenerator(options).put(number, text);
  return text;
}

std::uint64_t number_of(std::string_view json, std::string_view member) {
  const std::string name = "\"" + std::string(member) + "\":";
  const std::string_view rest = json.substr(json.find(name) + name.size());
  std::uint64_t value = 0;
  std::from_chars(rest.data(), rest.data() + rest.size(), value);
  return value;
}

TEST(Nexmark, SameBytesOnEveryMachine) {
  EXPECT_EQ(
      event(0),
      R"({"id":1000,"name":"Edith Dvorak","email_address":"dzsoq@sty.com","credit_card":"1459 7636 3783 8598","city":"Cheyenne","state":"WY","date_time":"2015-07-15 00:00:00.000","extra":"itkrpmqxngvvhvumwfaujjzlygukzaeaagldmyfleijxzseuwymkwdzvtjmnhchlunupksmtwkbmadvsxrwcemtnyrqrealnnapnejlbzvqvehodpgizcmeqlifiyrmumszlgefdysapedaumcijsxmncanbcuhsjyaqxhpdoapuqwkcmsafdffpmchiosdryuofobyiawlrjvdymkwy"})");
  EXPECT_EQ(
      event(1),
      R"({"id":1000,"item_name":"jffmuvvh","description":"sjlycphihqumajbnhwcwa","initial_bid":845,"reserve":1009,"date_time":"2015-07-15 00:00:00.000","expires":"2015-07-15 00:00:00.069","seller":1000,"category":13,"extra":"ceizjsmtkhmxvcbahtyyevpfxugkgrzrvcwzdrasilzrjcwujzbcgkxhildtmixsaryicjfbevrgvhonygvcfgjqeakodekltxnohcehcfuhcwkugkraebrcpexwzeydcoayfklbcgyphocztcpzyxzpgobmypsablglwanfmaguwrktlaeklrtyewrqigslzmyieljzcobsjiufausxzqfvlejhjkpulursdyyjkbfqegjleodpkffuagkflzizaqvucvlwmcfdpzrpsxicbqfdaxgbxkegpdkyprmbisvisprvcyosrfukewptsiwahxvxylpmcvlulouxwizovhqykfrppqgwcxzxsnodykapufvdirmxxbicuzpyebatztpvyznjekesfxygtaymvymvyxvhmvpuqrqcyzre"})");
  EXPECT_EQ(
      event(1'000'004),
      R"({"auction":61000,"bidder":21001,"price":46611573,"channel":"Baidu","url":"https://www.nexmark.com/sljkv/gezsb/mhywx/item.htm?query=1","date_time":"2015-07-15 00:01:40.000","extra":"fczmgnvlhbxtmlqdbnzsdgazcusptkmqrwtiaydxvmknbzmgxswmzpjibhixbxrcckwmmbhrjwwwiexarpqskwezqwyvyappxxkjhsbfgdx"})");
}

TEST(Nexmark, SeedsDiffer) {
  EXPECT_NE(event(4, {.seed = 1}), event(4, {.seed = 2}));
}

TEST(Nexmark, FirstOfFiftyIsAPersonThenThreeAuctions) {
  EXPECT_EQ(NexmarkGenerator::kind(100), NexmarkKind::person);
  EXPECT_EQ(NexmarkGenerator::kind(101), NexmarkKind::auction);
  EXPECT_EQ(NexmarkGenerator::kind(103), NexmarkKind::auction);
  EXPECT_EQ(NexmarkGenerator::kind(104), NexmarkKind::bid);
  EXPECT_EQ(NexmarkGenerator::kind(149), NexmarkKind::bid);
}

TEST(Nexmark, PricesAreExactAtTheEndsAndInTheMiddle) {
  EXPECT_EQ(nexmark_price(0), 100U);
  EXPECT_EQ(nexmark_price(1U << 31U), 100'000U);  // 10^3 units.
  EXPECT_EQ(nexmark_price(1U << 30U), 3'162U);    // 10^1.5 units.
  EXPECT_EQ(nexmark_price(0xFFFFFFFFU), 100'000'000U);
}

TEST(Nexmark, EventTimesArePermutedWithinTheirGroup) {
  const NexmarkOptions options{.seed = 1, .events_per_second = 1000, .out_of_order = 10};
  std::vector<bool> seen(10);
  for (std::uint64_t number = 50; number < 60; ++number) {
    const std::string text = event(number, options);
    const std::size_t place = text.find("2015-07-15 00:00:00.05");
    ASSERT_NE(place, std::string::npos) << text;
    seen[static_cast<std::size_t>(text[place + 22] - '0')] = true;
  }
  EXPECT_EQ(std::ranges::count(seen, true), 10);
}

struct Counts {
  double events = 0;
  double bytes = 0;
  double filtered = 0;
  double euros = 0;
  std::array<double, 3> bands{};
  double hot_channel = 0;
  double existing_bidder = 0;
};

/// Counts over two million events, compared as the definition of the workload says.
class NexmarkStatistics : public ::testing::Test {
 protected:
  static constexpr std::uint64_t kEvents = 2'000'000;

  static void SetUpTestSuite() {
    const NexmarkGenerator generator({});
    std::string text;
    for (std::uint64_t number = 0; number < kEvents; number += 7) {
      text.clear();
      generator.put(number, text);
      Counts& counts = by_kind[static_cast<std::size_t>(NexmarkGenerator::kind(number))];
      counts.events += 1;
      counts.bytes += static_cast<double>(text.size());
      if (NexmarkGenerator::kind(number) == NexmarkKind::bid) count_bid(number, text, counts);
    }
  }
  static void count_bid(std::uint64_t number, const std::string& text, Counts& counts) {
    const std::uint64_t price = number_of(text, "price");
    counts.filtered += number_of(text, "auction") % 123 == 0 ? 1 : 0;
    counts.euros += price * 908 > 1'000'000'000 && price * 908 < 50'000'000'000 ? 1 : 0;
    counts.bands[price < 10'000 ? 0 : price < 1'000'000 ? 1 : 2] += 1;
    counts.hot_channel += text.find("channel-") == std::string::npos ? 1 : 0;
    counts.existing_bidder += number_of(text, "bidder") <= 1000 + number / 50 ? 1 : 0;
  }
  static const Counts& of(NexmarkKind kind) { return by_kind[static_cast<std::size_t>(kind)]; }
  static inline std::array<Counts, 3> by_kind;
};

TEST_F(NexmarkStatistics, SizesAreAsDefined) {
  EXPECT_NEAR(of(NexmarkKind::person).bytes / of(NexmarkKind::person).events, 368, 10);
  EXPECT_NEAR(of(NexmarkKind::auction).bytes / of(NexmarkKind::auction).events, 696, 15);
  EXPECT_NEAR(of(NexmarkKind::bid).bytes / of(NexmarkKind::bid).events, 308, 8);
}

TEST_F(NexmarkStatistics, FiltersPassTheirShares) {
  const Counts& bids = of(NexmarkKind::bid);
  EXPECT_NEAR(bids.filtered / bids.events, 0.008, 0.001);
  EXPECT_NEAR(bids.euros / bids.events, 0.28, 0.005);
  for (const double band : bids.bands) EXPECT_NEAR(band / bids.events, 1.0 / 3, 0.005);
}

TEST_F(NexmarkStatistics, HalfTheChannelsAreHotAndNearlyAllBiddersExist) {
  const Counts& bids = of(NexmarkKind::bid);
  EXPECT_NEAR(bids.hot_channel / bids.events, 0.5, 0.005);
  EXPECT_GT(bids.existing_bidder / bids.events, 0.98);
}

TEST(Nexmark, EveryEventIsOneJsonObject) {
  for (std::uint64_t number = 0; number < 1000; ++number) EXPECT_TRUE(is_bare_json(event(number))) << event(number);
}

}  // namespace
}  // namespace kappa::cli
