// Each step's hash covers the step before it of its own process and those steps of others that it depends upon: a read
// on the writes it sees, a write on the writes and reads it comes after. Sums make the order among those that do not
// depend on each other irrelevant.
#include "causality.hpp"

#include <algorithm>

namespace kappa::test {

void Causality::clear() {
  std::fill(last_.begin(), last_.end(), 0);
  for (const std::uint32_t place : touched_) {
    places_[place].writes.clear();
    places_[place].reads.clear();
  }
  touched_.clear();
}

void Causality::add(std::uint32_t process, const Access& access) {
  std::uint64_t& last = last_[process];
  last = mix(last, process + 1);
  if (access.place == 0) return;
  if (places_.size() <= access.place) places_.resize(access.place + 1);
  Place& place = places_[access.place];
  if (place.writes.empty() && place.reads.empty()) touched_.push_back(access.place);
  const auto overlaps = [&](const Touch& touch) { return touch.begin < access.end && access.begin < touch.end; };
  const auto within = [&](const Touch& touch) { return access.begin <= touch.begin && touch.end <= access.end; };
  std::uint64_t before = 0;
  for (const Touch& write : place.writes)
    if (overlaps(write)) before += write.hash;
  if (access.changes)
    for (const Touch& read : place.reads)
      if (overlaps(read)) before += read.hash;
  last = mix(mix(last, access.place * 2ULL + (access.changes ? 1 : 0)), mix(access.begin * 31 + access.end, before));
  if (access.changes) {
    std::erase_if(place.writes, within);
    std::erase_if(place.reads, within);
  }
  (access.changes ? place.writes : place.reads).push_back({access.begin, access.end, last});
}

void Causality::mark(std::uint32_t process) {
  last_[process] = mix(last_[process], 0xdeadULL);
}

std::uint64_t Causality::state() const {
  std::uint64_t state = 0;
  for (const std::uint64_t last : last_) state = mix(state, last);
  return state;
}

}  // namespace kappa::test
