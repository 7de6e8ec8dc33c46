// The fingerprint is a sum, so that it does not depend on the order of changes and a retraction takes away exactly
// what the insertion added. A sum of 128-bit hashes modulo 2^128 is enough against accidents, which is what it is for.
#include "kappa/processor/fingerprint.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include "kappa/processor/row_codec.hpp"

namespace kappa::processor {

void Fingerprint::add(std::string_view encoded_row, std::int64_t row_weight) {
  const XXH128_hash_t row_hash = XXH3_128bits(encoded_row.data(), encoded_row.size());
  const unsigned __int128 wide = (static_cast<unsigned __int128>(row_hash.high64) << 64) | row_hash.low64;
  weight += row_weight;
  // A negative weight widens to 2^128 - |weight|: multiplication modulo 2^128 then subtracts.
  hash += wide * static_cast<unsigned __int128>(static_cast<__int128>(row_weight));
}

void Fingerprint::add(const Batch& rows) {
  std::string encoded;
  for (std::size_t row = 0; row < rows.rows; ++row) {
    encoded.clear();
    encode_row(rows, row, encoded);
    add(encoded, rows.weight(row));
  }
}

std::string to_text(const Fingerprint& fingerprint) {
  return fmt::format("{}:{:016x}{:016x}", fingerprint.weight, static_cast<std::uint64_t>(fingerprint.hash >> 64),
                     static_cast<std::uint64_t>(fingerprint.hash));
}

}  // namespace kappa::processor
