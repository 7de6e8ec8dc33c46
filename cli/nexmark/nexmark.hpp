#pragma once
#include <cstdint>
#include <string>

#include "kappa/base/units.hpp"

namespace kappa::cli {

enum class NexmarkKind : std::uint8_t { person, auction, bid };

/// What the generator's output depends on, beside the event number.
struct NexmarkOptions {
  std::uint64_t seed = 1;
  std::uint64_t events_per_second = 10'000;  ///< Of event time; at least 1.
  std::uint64_t out_of_order = 1;            ///< Event times are permuted within groups of this many events.
};

/// Nexmark's people, auctions and bids as JSON (docs/cli.md, "demo nexmark"). Each event is a pure function of the
/// options and its number, made with integer arithmetic only: the same bytes on every machine, in any order, by any
/// number of generators. Thread-safe: it has no state.
class NexmarkGenerator {
 public:
  explicit NexmarkGenerator(const NexmarkOptions& options) : options_(options) {}

  [[nodiscard]] static NexmarkKind kind(std::uint64_t number);
  /// Appends the event's JSON, newline excluded.
  void put(std::uint64_t number, std::string& to) const;

 private:
  class Draws;
  void put_person(std::uint64_t number, Draws& draws, std::string& to) const;
  void put_auction(std::uint64_t number, Draws& draws, std::string& to) const;
  void put_bid(std::uint64_t number, Draws& draws, std::string& to) const;
  [[nodiscard]] std::int64_t time_ms(std::uint64_t number) const;

  NexmarkOptions options_;
};

/// round(100 · 10^(6u)) for u = fraction / 2^32: a price in cents, log-uniform from 1 to 1,000,000 units.
[[nodiscard]] std::uint64_t nexmark_price(std::uint32_t fraction);

}  // namespace kappa::cli
