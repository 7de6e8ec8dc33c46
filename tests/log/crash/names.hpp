#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kappa::test {

struct Inode;

/// A path that is kept for ever, so that pointers to equal ones are equal.
struct Path {
  std::string text;
  std::uint64_t hash = 0;
};
[[nodiscard]] const Path* interned(std::string_view path);

/// The names of a simulated disk, in the order of their paths. Cheap to copy: thousands of disks have the same ones.
/// Not thread-safe.
class Names {
 public:
  struct Entry {
    const Path* path;
    std::shared_ptr<Inode> inode;  // Shared: names, descriptors, and other disks.
  };

  [[nodiscard]] std::shared_ptr<Inode> find(std::string_view path) const;
  void set(const Path* path, std::shared_ptr<Inode> inode);
  void erase(const Path* path);
  /// The first entry that is not less than the path.
  [[nodiscard]] std::size_t lower_bound(std::string_view path) const;

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] const Entry& operator[](std::size_t index) const { return entries_[index]; }
  [[nodiscard]] std::vector<Entry>& entries() { return entries_; }
  [[nodiscard]] auto begin() const { return entries_.begin(); }
  [[nodiscard]] auto end() const { return entries_.end(); }

 private:
  std::vector<Entry> entries_;
};

}  // namespace kappa::test
