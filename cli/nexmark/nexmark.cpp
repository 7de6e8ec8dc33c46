// Of every 50 event numbers, the first is a person, the next three are auctions, the rest bids. An event draws its
// randomness from a stream that starts at a hash of (seed, number), so no event depends on another being made; what
// exists "so far" follows from the number alone. No floating point and no libm takes part.
#include "nexmark/nexmark.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include "text/time_text.hpp"

namespace kappa::cli {
namespace {

using Wide = unsigned __int128;

constexpr std::uint64_t kEpoch = 50;  // Event numbers in one round of a person, auctions and bids.
constexpr std::uint64_t kAuctionsPerEpoch = 3;
constexpr std::uint64_t kFirstId = 1000;
constexpr std::uint64_t kHotBlock = 100;
constexpr std::uint64_t kColdAuctions = 100;
constexpr std::uint64_t kColdPeople = 1000;
constexpr std::uint64_t kIdLead = 10;                    // Ids that do not exist yet.
constexpr std::uint64_t kAuctionEvents = 1666;           // Half the longest life of an auction, in events.
constexpr std::int64_t kBaseTimeMs = 1'436'918'400'000;  // 2015-07-15 00:00:00 UTC.

constexpr std::array<std::string_view, 11> kFirstNames{"Ada",  "Bruno", "Clara", "Dario", "Edith", "Felix",
                                                       "Gita", "Hugo",  "Irene", "Jonas", "Kira"};
constexpr std::array<std::string_view, 9> kLastNames{"Abbott",  "Berger", "Castillo", "Dvorak", "Eriksen",
                                                     "Fischer", "Garcia", "Haddad",   "Ivanova"};
constexpr std::array<std::string_view, 10> kCities{"Phoenix",  "Tucson", "Fresno",  "Oakland", "Boise",
                                                   "Portland", "Salem",  "Seattle", "Spokane", "Cheyenne"};
constexpr std::array<std::string_view, 6> kStates{"AZ", "CA", "ID", "OR", "WA", "WY"};
constexpr std::array<std::string_view, 4> kHotChannels{"Google", "Facebook", "Baidu", "Apple"};
constexpr std::uint64_t kColdChannels = 10'000;

constexpr std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31U);
}

/// 10^(6 / 2^i) for i = 1 to 32, times 2^53.
constexpr unsigned kRootBits = 53;
constexpr std::array<std::uint64_t, 32> kRoots{
    9007199254740992000, 284832649839527143, 50651203651645741, 21359435474348046, 13870425057878941, 11177373673822844,
    10033784521546130,   9506644858450430,   9253553073502199,  9129545243184637,  9068165917677997,  9037631177226526,
    9022402385403719,    9014797615131564,   9010997634038858,  9009098244207776,  9008148699434122,  9007673964578151,
    9007436606532302,    9007317929854840,   9007258592102466,  9007228923372866,  9007214089044714,  9007206671889799,
    9007202963314632,    9007201109027621,   9007200181884259,  9007199718312613,  9007199486526800,  9007199370633895,
    9007199312687443,    9007199283714218};

void put_date_time(std::int64_t ms, std::string& to) {
  std::string text;
  put_rfc3339(ms * 1000, text);
  constexpr std::size_t kDate = 10;
  constexpr std::size_t kToMilliseconds = 23;
  to.append(text, 0, kDate);
  to.push_back(' ');
  to.append(text, kDate + 1, kToMilliseconds - kDate - 1);
}

std::uint32_t reverse_bits(std::uint32_t value) {
  std::uint32_t reversed = 0;
  for (int i = 0; i < 32; ++i, value >>= 1U) reversed = (reversed << 1U) | (value & 1U);
  return reversed;
}

}  // namespace

/// The random stream of one event.
class NexmarkGenerator::Draws {
 public:
  Draws(std::uint64_t seed, std::uint64_t number) : state_(mix(mix(seed + kStep) ^ (number * kStep))) {}

  std::uint64_t next() { return mix(state_ += kStep); }
  /// Uniform over [0, bound).
  std::uint64_t below(std::uint64_t bound) { return static_cast<std::uint64_t>((Wide{next()} * bound) >> 64U); }
  template <std::size_t N>
  std::string_view one_of(const std::array<std::string_view, N>& words) {
    return words[below(N)];
  }
  std::uint64_t price() { return nexmark_price(static_cast<std::uint32_t>(next() >> 32U)); }

  /// `length` characters from a to z, or from `alphabet`.
  void put_letters(std::size_t length, std::string& to, std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz") {
    constexpr std::size_t kLettersPerDraw = 4;
    while (length > 0) {
      std::uint64_t bits = next();
      const std::size_t now = std::min(length, kLettersPerDraw);
      for (std::size_t i = 0; i < now; ++i, bits >>= 16U)
        to.push_back(alphabet[((bits & 0xFFFFU) * alphabet.size()) >> 16U]);
      length -= now;
    }
  }
  /// `,"extra":"…"}` with a length within 20 % of the mean.
  void put_extra(std::uint64_t mean, std::string& to) {
    to += ",\"extra\":\"";
    put_letters(mean * 4 / 5 + below(mean * 2 / 5 + 1), to);
    to += "\"}";
  }

 private:
  static constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15U;
  std::uint64_t state_;
};

std::uint64_t nexmark_price(std::uint32_t fraction) {
  constexpr unsigned kFractionBits = 36;
  std::uint64_t price = std::uint64_t{100} << kFractionBits;
  for (std::size_t i = 0; i < kRoots.size(); ++i) {
    if ((fraction >> (kRoots.size() - 1 - i) & 1U) != 0) {
      price = static_cast<std::uint64_t>((Wide{price} * kRoots[i]) >> kRootBits);
    }
  }
  return (price + (std::uint64_t{1} << (kFractionBits - 1))) >> kFractionBits;
}

NexmarkKind NexmarkGenerator::kind(std::uint64_t number) {
  const std::uint64_t place = number % kEpoch;
  return place == 0 ? NexmarkKind::person : place <= kAuctionsPerEpoch ? NexmarkKind::auction : NexmarkKind::bid;
}

std::int64_t NexmarkGenerator::time_ms(std::uint64_t number) const {
  // A prime multiplier permutes the numbers within a group, as long as the group is no multiple of it.
  constexpr std::uint64_t kMultiplier = 1'000'003;
  const std::uint64_t group = options_.out_of_order;
  const std::uint64_t place = number / group * group + static_cast<std::uint64_t>(Wide{number} * kMultiplier % group);
  return kBaseTimeMs + static_cast<std::int64_t>(Wide{place} * 1000 / options_.events_per_second);
}

void NexmarkGenerator::put(std::uint64_t number, std::string& to) const {
  Draws draws(options_.seed, number);
  switch (kind(number)) {
    case NexmarkKind::person:
      return put_person(number, draws, to);
    case NexmarkKind::auction:
      return put_auction(number, draws, to);
    case NexmarkKind::bid:
      return put_bid(number, draws, to);
  }
}

void NexmarkGenerator::put_person(std::uint64_t number, Draws& draws, std::string& to) const {
  const auto out = std::back_inserter(to);
  const std::string_view first = draws.one_of(kFirstNames);
  const std::string_view last = draws.one_of(kLastNames);
  fmt::format_to(out, R"({{"id":{},"name":"{} {}","email_address":")", kFirstId + number / kEpoch, first, last);
  draws.put_letters(5, to);
  to.push_back('@');
  draws.put_letters(3, to);
  to += R"(.com","credit_card":")";
  for (int group = 0; group < 4; ++group) fmt::format_to(out, "{}{:04}", group == 0 ? "" : " ", draws.below(10'000));
  // One draw a statement: the order in which arguments are evaluated is the compiler's.
  const std::string_view city = draws.one_of(kCities);
  const std::string_view state = draws.one_of(kStates);
  fmt::format_to(out, R"(","city":"{}","state":"{}","date_time":")", city, state);
  put_date_time(time_ms(number), to);
  to.push_back('"');
  draws.put_extra(188, to);
}

void NexmarkGenerator::put_auction(std::uint64_t number, Draws& draws, std::string& to) const {
  const std::uint64_t epoch = number / kEpoch;
  const std::uint64_t id = kFirstId + epoch * kAuctionsPerEpoch + number % kEpoch - 1;
  const std::uint64_t people = epoch + 1;
  const bool hot = draws.below(4) != 0;
  const std::uint64_t active = std::min(people, kColdPeople);
  const std::uint64_t cold_seller = people - active + draws.below(active + kIdLead);
  const std::uint64_t seller = hot ? epoch / kHotBlock * kHotBlock : cold_seller;
  const std::uint64_t initial_bid = draws.price();
  const std::uint64_t reserve = initial_bid + draws.price();
  const std::int64_t opened = time_ms(number);
  const std::uint64_t longest_ms = 2 * kAuctionEvents * 1000 / options_.events_per_second;
  const auto out = std::back_inserter(to);
  fmt::format_to(out, R"({{"id":{},"item_name":")", id);
  draws.put_letters(4 + draws.below(9), to);
  to += R"(","description":")";
  draws.put_letters(8 + draws.below(17), to);
  fmt::format_to(out, R"(","initial_bid":{},"reserve":{},"date_time":")", initial_bid, reserve);
  put_date_time(opened, to);
  to += R"(","expires":")";
  put_date_time(opened + 1 + static_cast<std::int64_t>(draws.below(longest_ms + 1)), to);
  fmt::format_to(out, R"(","seller":{},"category":{})", kFirstId + seller, 10 + draws.below(5));
  draws.put_extra(480, to);
}

void NexmarkGenerator::put_bid(std::uint64_t number, Draws& draws, std::string& to) const {
  const std::uint64_t last_person = number / kEpoch;
  const std::uint64_t last_auction = last_person * kAuctionsPerEpoch + kAuctionsPerEpoch - 1;
  const std::uint64_t auctions = std::min(last_auction + 1, kColdAuctions);
  const std::uint64_t people = std::min(last_person + 1, kColdPeople);
  const std::uint64_t cold_auction = last_auction + 1 - auctions + draws.below(auctions + kIdLead);
  const std::uint64_t cold_bidder = last_person + 1 - people + draws.below(people + kIdLead);
  const std::uint64_t auction = draws.below(2) == 0 ? last_auction / kHotBlock * kHotBlock : cold_auction;
  const std::uint64_t bidder = draws.below(4) != 0 ? last_person / kHotBlock * kHotBlock + 1 : cold_bidder;
  const auto out = std::back_inserter(to);
  fmt::format_to(out, R"({{"auction":{},"bidder":{},"price":{},"channel":")", kFirstId + auction, kFirstId + bidder,
                 draws.price());
  const bool hot_channel = draws.below(2) == 0;
  const std::uint64_t channel = draws.below(kColdChannels);
  hot_channel ? to.append(draws.one_of(kHotChannels)) : to.append(fmt::format("channel-{}", channel));
  to += R"(","url":"https://www.nexmark.com)";
  for (int word = 0; word < 3; ++word) {
    to.push_back('/');
    draws.put_letters(5, to, "abcdefghijklmnopqrstuvwxyz_");
  }
  to += "/item.htm?query=1";
  // Which channels have an id, and which id, depends on the channel only.
  if (!hot_channel && mix(channel) % 10 != 0) {
    fmt::format_to(out, "&channel_id={}", reverse_bits(static_cast<std::uint32_t>(channel)) >> 1U);
  }
  to += R"(","date_time":")";
  put_date_time(time_ms(number), to);
  to.push_back('"');
  draws.put_extra(114, to);
}

}  // namespace kappa::cli
