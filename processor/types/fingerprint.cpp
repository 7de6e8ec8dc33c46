// The fingerprint is a sum, so that it does not depend on the order of changes and a retraction takes away exactly
// what the insertion added. A sum of 128-bit hashes modulo 2^128 is enough against accidents, which is what it is for.
#include "kappa/processor/fingerprint.hpp"

#define XXH_INLINE_ALL  // Rows are short: a call through the library costs as much as the hash.
#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>

#include "kappa/processor/row_codec.hpp"

namespace kappa::processor {
namespace {

constexpr std::size_t kBlockRows = 256;  // Their encodings stay in the nearest caches until they are hashed.

}  // namespace

void Fingerprint::add(std::string_view encoded_row, std::int64_t row_weight) {
  const XXH128_hash_t row_hash = XXH3_128bits(encoded_row.data(), encoded_row.size());
  const unsigned __int128 wide = (static_cast<unsigned __int128>(row_hash.high64) << 64) | row_hash.low64;
  weight += row_weight;
  // A negative weight widens to 2^128 - |weight|: multiplication modulo 2^128 then subtracts.
  hash += wide * static_cast<unsigned __int128>(static_cast<__int128>(row_weight));
}

void Fingerprint::add(const Batch& rows) {
  EncodedRows encoded;
  for (std::size_t begin = 0; begin < rows.rows; begin += kBlockRows) {
    encoded.encode(rows, begin, std::min(begin + kBlockRows, rows.rows));
    for (std::size_t i = 0; i < encoded.count(); ++i) add(encoded[i], rows.weight(begin + i));
  }
}

std::string to_text(const Fingerprint& fingerprint) {
  return fmt::format("{}:{:016x}{:016x}", fingerprint.weight, static_cast<std::uint64_t>(fingerprint.hash >> 64),
                     static_cast<std::uint64_t>(fingerprint.hash));
}

}  // namespace kappa::processor
