#include "names.hpp"

#include <algorithm>
#include <map>

#include "format/hash.hpp"

namespace kappa::test {

const Path* interned(std::string_view path) {
  static std::map<std::string, Path, std::less<>> known;
  auto found = known.find(path);
  if (found == known.end()) found = known.emplace(path, Path{std::string(path), log::hash_of(as_bytes(path))}).first;
  return &found->second;
}

std::size_t Names::lower_bound(std::string_view path) const {
  const auto at = std::ranges::lower_bound(entries_, path, {},
                                           [](const Entry& entry) -> std::string_view { return entry.path->text; });
  return static_cast<std::size_t>(at - entries_.begin());
}

std::shared_ptr<Inode> Names::find(std::string_view path) const {
  const std::size_t at = lower_bound(path);
  return at < entries_.size() && entries_[at].path->text == path ? entries_[at].inode : nullptr;
}

void Names::set(const Path* path, std::shared_ptr<Inode> inode) {
  const std::size_t at = lower_bound(path->text);
  if (at < entries_.size() && entries_[at].path == path)
    entries_[at].inode = std::move(inode);
  else
    entries_.insert(entries_.begin() + static_cast<std::ptrdiff_t>(at), {path, std::move(inode)});
}

void Names::erase(const Path* path) {
  const std::size_t at = lower_bound(path->text);
  if (at < entries_.size() && entries_[at].path == path)
    entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(at));
}

}  // namespace kappa::test
