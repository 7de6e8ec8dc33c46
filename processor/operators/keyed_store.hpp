#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "operators/key_batch.hpp"

namespace kappa::processor {

/// Most keys a store takes: identifiers are 32 bits, of which a few values are kept out.
inline constexpr std::size_t kKeysMax = 0xFFFF'FF00;

/// A set of keys that gives each a small number, under which operators keep state in arrays. Owns the keys' bytes.
/// Numbers depend on the order of arrival, so nothing that is visible may depend on them. Not thread-safe.
class KeyedStore {
 public:
  /// `width`: of every key; 0 where keys differ in length.
  explicit KeyedStore(std::size_t width);

  /// The numbers of a batch's keys, new ones for keys that the store did not have.
  void find_or_insert(const KeyBatch& keys, std::vector<std::uint32_t>& numbers);
  /// Valid until the next find_or_insert() or erase().
  [[nodiscard]] std::string_view key(std::uint32_t number) const;
  /// Forgets a key; its number will be given to another.
  void erase(std::uint32_t number);

  [[nodiscard]] std::size_t size() const { return size_; }
  /// Every number is below this one.
  [[nodiscard]] std::size_t numbers_end() const { return hashes_.size(); }
  [[nodiscard]] std::size_t bytes() const;

 private:
  /// 0 is empty; else the hash's upper half, then the number plus one.
  using Slot = std::uint64_t;
  [[nodiscard]] std::size_t home(std::uint64_t hash) const { return hash & (slots_.size() - 1); }
  std::uint32_t find_or_insert(std::string_view key, std::uint64_t hash);
  std::uint32_t add(std::string_view key, std::uint64_t hash);
  void grow();
  void place(std::uint64_t hash, std::uint32_t number);

  std::size_t width_;
  std::size_t size_ = 0;
  std::vector<Slot> slots_;
  std::vector<std::uint64_t> hashes_;  // By number.
  std::string fixed_keys_;             // By number, `width_` bytes each.
  std::vector<std::string> keys_;      // By number, where width_ is 0.
  std::size_t heap_bytes_ = 0;         // Of keys_.
  std::vector<std::uint32_t> free_numbers_;
};

}  // namespace kappa::processor
