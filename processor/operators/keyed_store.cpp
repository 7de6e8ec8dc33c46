// An open-addressing hash table with linear probing. A slot is eight bytes: half of the hash, to pass over others
// without touching their keys, and the key's number. A batch's slots are prefetched some rows ahead, since in a state
// larger than the caches the miss is most of the cost. Deletion shifts back what follows, so there are no tombstones
// and a store that keeps its size keeps its speed.
#include "operators/keyed_store.hpp"

#include <xxhash.h>

#include <array>

#include "kappa/base/assert.hpp"

namespace kappa::processor {
namespace {

constexpr std::size_t kFirstSlots = 64;
constexpr std::size_t kAhead = 16;
constexpr std::uint64_t kTagMask = 0xFFFF'FFFF'0000'0000;

std::size_t heap_size(const std::string& key) {
  return key.capacity() > std::string().capacity() ? key.capacity() : 0;
}

}  // namespace

KeyedStore::KeyedStore(std::size_t width) : width_(width), slots_(kFirstSlots) {}

void KeyedStore::find_or_insert(const KeyBatch& keys, std::vector<std::uint32_t>& numbers) {
  KAPPA_ASSERT(keys.width == width_, "keys of another form");
  numbers.resize(keys.count);
  std::array<std::uint64_t, kAhead> ahead{};
  const auto announce = [&](std::size_t i) {
    if (i >= keys.count) return;
    const std::string_view key = keys[i];
    ahead[i % kAhead] = XXH3_64bits(key.data(), key.size());
    __builtin_prefetch(&slots_[home(ahead[i % kAhead])]);
  };
  for (std::size_t i = 0; i < kAhead; ++i) announce(i);
  for (std::size_t i = 0; i < keys.count; ++i) {
    const std::uint64_t hash = ahead[i % kAhead];
    announce(i + kAhead);
    numbers[i] = find_or_insert(keys[i], hash);
  }
}

std::uint32_t KeyedStore::find_or_insert(std::string_view wanted, std::uint64_t hash) {
  for (std::size_t at = home(hash); slots_[at] != 0; at = (at + 1) & (slots_.size() - 1)) {
    if (((slots_[at] ^ hash) & kTagMask) != 0) continue;
    const auto number = static_cast<std::uint32_t>(slots_[at]) - 1;
    if (key(number) == wanted) return number;
  }
  if ((size_ + 1) * 3 > slots_.size() * 2) grow();
  const std::uint32_t number = add(wanted, hash);
  place(hash, number);
  ++size_;
  return number;
}

std::uint32_t KeyedStore::add(std::string_view key, std::uint64_t hash) {
  std::uint32_t number = 0;
  if (!free_numbers_.empty()) {
    number = free_numbers_.back();
    free_numbers_.pop_back();
  } else {
    KAPPA_ASSERT(hashes_.size() < kKeysMax, "operators check for room before they insert");
    number = static_cast<std::uint32_t>(hashes_.size());
    hashes_.push_back(0);
    width_ != 0 ? fixed_keys_.resize(fixed_keys_.size() + width_) : keys_.resize(keys_.size() + 1);
  }
  hashes_[number] = hash;
  if (width_ != 0) {
    key.copy(fixed_keys_.data() + number * width_, width_);
  } else {
    keys_[number] = key;
    heap_bytes_ += heap_size(keys_[number]);
  }
  return number;
}

void KeyedStore::place(std::uint64_t hash, std::uint32_t number) {
  std::size_t at = home(hash);
  while (slots_[at] != 0) at = (at + 1) & (slots_.size() - 1);
  slots_[at] = (hash & kTagMask) | (number + 1);
}

void KeyedStore::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const Slot slot : old) {
    if (slot == 0) continue;
    const auto number = static_cast<std::uint32_t>(slot) - 1;
    place(hashes_[number], number);
  }
}

std::string_view KeyedStore::key(std::uint32_t number) const {
  return width_ != 0 ? std::string_view(fixed_keys_).substr(number * width_, width_) : std::string_view(keys_[number]);
}

void KeyedStore::erase(std::uint32_t number) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t hole = home(hashes_[number]);
  while (static_cast<std::uint32_t>(slots_[hole]) != number + 1) hole = (hole + 1) & mask;
  // A later key of the same run moves into the hole unless its home lies behind the hole.
  for (std::size_t at = (hole + 1) & mask; slots_[at] != 0; at = (at + 1) & mask) {
    const std::size_t wanted = home(hashes_[static_cast<std::uint32_t>(slots_[at]) - 1]);
    if (((at - wanted) & mask) < ((at - hole) & mask)) continue;
    slots_[hole] = slots_[at];
    hole = at;
  }
  slots_[hole] = 0;
  if (width_ == 0) {
    heap_bytes_ -= heap_size(keys_[number]);
    keys_[number] = std::string();
  }
  free_numbers_.push_back(number);
  --size_;
}

std::size_t KeyedStore::bytes() const {
  return slots_.size() * sizeof(Slot) + hashes_.capacity() * sizeof(std::uint64_t) + fixed_keys_.capacity() +
         keys_.capacity() * sizeof(std::string) + heap_bytes_ + free_numbers_.capacity() * sizeof(std::uint32_t);
}

}  // namespace kappa::processor
