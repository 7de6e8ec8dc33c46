#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kappa/base/bytes.hpp"
#include "names.hpp"
#include "sparse_bytes.hpp"

namespace kappa::test {

inline constexpr std::uint64_t kSector = 512;

/// A file or directory of a CrashDisk: what the page cache holds, what the device holds, and the changes in between.
struct Inode {
  /// The first 4096 bytes of a mapped file. Never moves: mappings point into it.
  struct alignas(16) Page {
    std::byte bytes[4096] = {};
    Inode* inode = nullptr;  ///< For who has only the mapping.
  };
  /// A change of the content that no sync has covered. Numbers rise over the whole disk, so that changes of several
  /// files have one order.
  struct Change {
    enum class Kind { write, allocate, truncate };
    std::uint64_t number = 0;
    Kind kind = Kind::write;
    std::uint64_t position = 0;                           ///< Of a write; else the size.
    std::shared_ptr<const std::vector<std::byte>> bytes;  // Shared: with copies of the disk.
  };
  /// What 16 bytes of a mapped page were stored to, one store after the other.
  struct Store {
    std::uint32_t offset = 0;
    std::array<std::byte, 16> bytes{};
  };

  std::uint32_t id = 0;
  bool is_directory = false;
  bool linked = true;
  SparseBytes cache;
  SparseBytes device;
  std::vector<Change> changes;
  std::unique_ptr<Page> page;     ///< If mapped: stands for the first bytes of the cache.
  std::vector<std::byte> oldest;  ///< The page as it was when it was mapped.
  std::vector<Store> stores;      ///< Since then.
  /// Belongs to several disks, and so never changes: who wants to change it takes a copy first (CrashDisk::own).
  bool frozen = false;
  /// The device lacks what the cache takes to be there, so a sync is more than their becoming equal.
  bool diverged = false;
  mutable std::shared_ptr<Inode> durable_copy;  ///< See durable(). Forgotten when the device changes.
  mutable std::uint64_t known_hash = 0;         ///< Of one that is frozen.

  void read(std::uint64_t position, std::span<std::byte> buffer) const;
  /// The page after the first so many of its stores.
  [[nodiscard]] std::vector<std::byte> page_after(std::size_t stores) const;
  /// What a loss of power leaves of it if it keeps nothing that was not synced; frozen.
  [[nodiscard]] const std::shared_ptr<Inode>& durable() const;
  /// Equal for equal contents of the cache.
  [[nodiscard]] std::uint64_t hash() const;
};

/// A change of the names in a directory that no sync of it has covered.
struct NameChange {
  enum class Kind { add, remove, rename };
  std::uint64_t number = 0;
  Kind kind = Kind::add;
  const Path* path = nullptr;
  const Path* to = nullptr;      ///< Of a rename.
  std::shared_ptr<Inode> inode;  // Shared: names and descriptors.
};

/// The files of a simulated machine: the page cache, as processes see it, over a device that forgets at a loss of power
/// what no sync has covered. A sync of a file makes its bytes and its size durable, not its name; a sync of a directory
/// makes its names durable, not what the files hold. Deterministic. Not thread-safe. Disks that come from one another
/// share what none of them has changed.
class CrashDisk {
 public:
  CrashDisk();
  CrashDisk(const CrashDisk&) = delete;
  CrashDisk(CrashDisk&&) = default;
  CrashDisk& operator=(CrashDisk&&) = default;

  /// What the death of all processes leaves: everything.
  [[nodiscard]] CrashDisk after_kill() const;
  /// An empty disk of the same machine, started again.
  [[nodiscard]] CrashDisk restarted() const;
  /// Gives an empty disk its names, all of them durable.
  void set_names(Names names);

  // Names. Paths are absolute; the parent must exist.
  [[nodiscard]] std::shared_ptr<Inode> find(std::string_view path) const { return names_.find(path); }
  /// As find(), for who opens or changes it.
  [[nodiscard]] std::shared_ptr<Inode> own(std::string_view path);
  std::shared_ptr<Inode> make(const std::string& path, bool directory);
  void rename(const std::string& from, const std::string& to);
  void remove(const std::string& path);
  [[nodiscard]] std::vector<std::string> list(const std::string& directory) const;

  // Content.
  void write(Inode& file, std::uint64_t position, Bytes bytes);
  void allocate(Inode& file, std::uint64_t size);
  void truncate(Inode& file, std::uint64_t size);
  void sync(Inode& file);
  void sync_names(const std::string& directory);
  /// A sync that fails: what it should have made durable never will be, and the cache does not know. With `evict` the
  /// cache reads as the device from now on.
  void lose(Inode& file, bool evict);

  // Mapped pages.
  std::byte* map(Inode& file);
  /// A store to the page comes next; see settle_store().
  void expect_store(const std::byte* page, std::uint32_t offset);
  /// Notes what the store that was expected has stored. Before anything looks at the stores.
  void settle_store();

  // What a loss of power chooses from; see images.hpp.
  [[nodiscard]] const Names& names() const { return names_; }
  [[nodiscard]] const Names& device_names() const { return device_names_; }
  [[nodiscard]] const std::vector<NameChange>& name_changes() const { return name_changes_; }
  /// Applies a change to names; what a rename replaces is no longer linked.
  static void apply(const NameChange& change, Names& names);
  static void apply(const Inode::Change& change, SparseBytes& content);

  /// Equal for equal names and contents of the cache.
  [[nodiscard]] std::uint64_t hash() const;

  /// Given to the machine's clock, randomness and start; copied along.
  std::uint64_t time_ns = 1;
  std::uint64_t random = 0x9e3779b97f4a7c15ULL;
  std::uint64_t boot = 1;

 private:
  std::uint64_t next_number() { return ++number_; }

  Names names_;
  Names device_names_;
  std::vector<NameChange> name_changes_;
  std::uint64_t number_ = 0;
  std::uint32_t next_id_ = 0;
  Inode* stored_in_ = nullptr;
  std::uint32_t stored_at_ = 0;
};

}  // namespace kappa::test
