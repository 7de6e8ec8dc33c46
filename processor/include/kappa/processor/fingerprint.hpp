#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "kappa/processor/column.hpp"

namespace kappa::processor {

/// (Σ weight, Σ weight · XXH3-128(row encoding) mod 2^128) over a multiset of rows: equal contents give equal
/// fingerprints whatever the order of changes that led there.
struct Fingerprint {
  std::int64_t weight = 0;
  unsigned __int128 hash = 0;

  void add(std::string_view encoded_row, std::int64_t weight);
  void add(const Batch& rows);
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

/// `rows:hash`, the hash as 32 hexadecimal digits.
[[nodiscard]] std::string to_text(const Fingerprint& fingerprint);

}  // namespace kappa::processor
