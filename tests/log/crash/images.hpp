#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "crash_disk.hpp"

namespace kappa::test {

/// Splitmix64: where a crash falls takes many cheap numbers rather than good ones.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t operator()() {
    std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15ULL;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebULL;
    return mixed ^ (mixed >> 31U);
  }

 private:
  std::uint64_t state_;
};

/// What mapped pages hold after a loss of power: as the device had them, as they were last, as after any of their
/// stores, each sector as after another store, bytes without a meaning.
enum class PageImage { device, newest, older, mixed, noise };
/// What an extension holds whose bytes were lost but whose size was not.
enum class LostBytes { gone, zeros, noise, old_bytes };

/// What a loss of power keeps of everything that was not synced.
struct Survivors {
  std::vector<bool> kept;           ///< For each unit of a CrashImages.
  std::optional<std::size_t> torn;  ///< This unit is kept up to `torn_bytes` only.
  std::size_t torn_bytes = 0;
  PageImage pages = PageImage::device;
  LostBytes lost = LostBytes::gone;
};

/// What a loss of power at this moment may leave of a disk. The changes that no sync has covered fall into units, each
/// of which survives or not, whatever happens to the others: the sectors of each write, changes of a size, changes of a
/// name. The disk must not change, and lives longer.
class CrashImages {
 public:
  explicit CrashImages(const CrashDisk& disk);

  [[nodiscard]] std::size_t units() const { return units_.size(); }
  /// Where the units of each change begin, in the order of the changes; then units().
  [[nodiscard]] const std::vector<std::size_t>& changes() const { return changes_; }
  /// Bytes of a unit that can be torn: those of a sector of a write; 0 for the others.
  [[nodiscard]] std::size_t bytes_of(std::size_t unit) const;
  /// True if some mapped page has been stored to since it was mapped.
  [[nodiscard]] bool has_stores() const { return has_stores_; }

  /// Survivors of the first so many units.
  [[nodiscard]] Survivors first(std::size_t units, PageImage pages) const;
  /// The disk after the machine has started again.
  [[nodiscard]] CrashDisk image(const Survivors& survivors, Random& random) const;

 private:
  struct Unit {
    std::uint64_t number = 0;
    Inode* inode = nullptr;   ///< nullptr: a change of a name.
    std::size_t change = 0;   ///< Index among the inode's or the names' changes.
    std::uint64_t begin = 0;  ///< Of a write: the bytes of this unit.
    std::uint64_t end = 0;
  };
  class Builder;
  void add_units(Inode& inode);

  const CrashDisk& disk_;
  std::vector<Unit> units_;
  std::vector<std::size_t> changes_;
  bool has_stores_ = false;
};

}  // namespace kappa::test
