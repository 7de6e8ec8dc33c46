// The fingerprint is a sum, so that it does not depend on the order of changes and a retraction takes away exactly
// what the insertion added. A sum of 128-bit hashes modulo 2^128 is enough against accidents, which is what it is for.
#include "kappa/processor/fingerprint.hpp"

#define XXH_INLINE_ALL  // Rows are short: a call through the library costs as much as the hash.
#include <fmt/format.h>
#include <xxhash.h>

#include "kappa/processor/row_codec.hpp"

namespace kappa::processor {
namespace {

unsigned __int128 hash_of(std::string_view encoded_row) {
  const XXH128_hash_t hash = XXH3_128bits(encoded_row.data(), encoded_row.size());
  return (static_cast<unsigned __int128>(hash.high64) << 64) | hash.low64;
}

}  // namespace

void Fingerprint::add(std::string_view encoded_row, std::int64_t row_weight) {
  weight += row_weight;
  // A negative weight widens to 2^128 - |weight|: multiplication modulo 2^128 then subtracts.
  hash += hash_of(encoded_row) * static_cast<unsigned __int128>(static_cast<__int128>(row_weight));
}

void Fingerprint::add(const Batch& rows) {
  EncodedRows encoded;
  for (std::size_t begin = 0, count = 0; begin < rows.rows; begin += count) {
    count = encoded.encode(rows, begin);
    if (rows.weights.empty()) {
      for (std::size_t i = 0; i < count; ++i) hash += hash_of(encoded[i]);
      weight += static_cast<std::int64_t>(count);
    } else {
      for (std::size_t i = 0; i < count; ++i) add(encoded[i], rows.weights[begin + i]);
    }
  }
}

std::string to_text(const Fingerprint& fingerprint) {
  return fmt::format("{}:{:016x}{:016x}", fingerprint.weight, static_cast<std::uint64_t>(fingerprint.hash >> 64),
                     static_cast<std::uint64_t>(fingerprint.hash));
}

}  // namespace kappa::processor
