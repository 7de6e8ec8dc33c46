#include "operators/representations.hpp"

#include <utility>

namespace kappa::processor {
namespace {

// A red-black tree's node besides the strings.
constexpr std::size_t kNodeBytes = 112;

}  // namespace

void Representations::add(std::uint32_t group, std::string_view encoded, std::string_view exact, std::int64_t weight) {
  if (group >= groups_.size()) groups_.resize(group + 1);
  Entries& entries = groups_[group];
  auto found = entries.find(encoded);
  if (found == entries.end()) {
    // Where nothing is ever taken away, only the least can be shown.
    if (input_ == InputKind::append_only && !entries.empty()) {
      if (entries.begin()->first < encoded) return;
      forget(entries, entries.begin());
    }
    found = entries.emplace(std::string(encoded), Entry{0, std::string(exact)}).first;
    bytes_ += kNodeBytes + encoded.size() + exact.size();
  }
  found->second.weight += weight;
  if (found->second.weight == 0) forget(entries, found);
}

std::string_view Representations::least(std::uint32_t group) const {
  if (group >= groups_.size()) return {};
  // A weight may be below zero while the changes of one interval are only partly taken.
  for (const auto& [encoded, entry] : groups_[group]) {
    if (entry.weight > 0) return entry.exact;
  }
  return {};
}

void Representations::erase(std::uint32_t group) {
  if (group >= groups_.size()) return;
  while (!groups_[group].empty()) forget(groups_[group], groups_[group].begin());
}

void Representations::forget(Entries& entries, Entries::iterator entry) {
  bytes_ -= kNodeBytes + entry->first.size() + entry->second.exact.size();
  entries.erase(entry);
}

}  // namespace kappa::processor
