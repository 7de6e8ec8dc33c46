#include "rot.hpp"

#include <algorithm>
#include <array>

#include "fmt/format.h"
#include "format/format.hpp"

namespace kappa::test {
namespace {

using SectorBytes = std::array<std::byte, kSector>;

SectorBytes read(const CrashDisk& disk, const Sector& sector) {
  SectorBytes bytes{};
  if (const auto inode = disk.find(sector.path->text)) inode->cache.read(sector.begin, bytes);
  return bytes;
}

void write(CrashDisk& disk, const Sector& sector, const SectorBytes& bytes) {
  const auto inode = disk.own(sector.path->text);
  const std::uint64_t size = inode->cache.size();
  inode->cache.write(sector.begin, Bytes(bytes).first(std::min<std::uint64_t>(kSector, size - sector.begin)));
  inode->device = inode->cache;
  inode->durable_copy.reset();
}

bool is_mark(const Sector& sector) {
  return sector.begin == log::kMarkPositionA || sector.begin == log::kMarkPositionB;
}

}  // namespace

const char* name_of(Rot rot) {
  return std::array{"a bit", "zeros", "a stale sector", "swapped sectors",
                    "a misdirected sector"}[static_cast<std::size_t>(rot)];
}

std::vector<Sector> sectors_of(const CrashDisk& disk) {
  std::vector<Sector> sectors;
  for (const auto& [path, inode] : disk.names())
    for (std::uint64_t at = 0; at < inode->cache.size(); at += kSector)
      if (!inode->cache.is_blank(at, at + kSector)) sectors.push_back({path, at});
  return sectors;
}

Damage damage(CrashDisk& disk, Rot rot, const Sector& sector, const std::vector<Sector>& others, const CrashDisk& older,
              Random& random) {
  const SectorBytes was = read(disk, sector);
  SectorBytes becomes = was;
  const Sector& other = others[random() % others.size()];
  switch (rot) {
    case Rot::bit:
      becomes[random() % kSector] ^= std::byte{1} << static_cast<int>(random() % 8);
      break;
    case Rot::zeros:
      becomes = {};
      break;
    case Rot::stale:
      becomes = read(older, sector);
      break;
    case Rot::swapped:
      becomes = read(disk, other);
      if (becomes != was) write(disk, other, was);
      break;
    case Rot::misdirected:
      becomes = read(disk, other);
      break;
  }
  if (becomes == was) return {};
  write(disk, sector, becomes);
  const bool two = rot == Rot::swapped || rot == Rot::misdirected;
  const std::string with = two ? fmt::format(" with {} byte {}", other.path->text, other.begin) : "";
  return {rot, fmt::format("{} at {} byte {}{}", name_of(rot), sector.path->text, sector.begin, with),
          rot == Rot::swapped && (is_mark(sector) || is_mark(other))};
}

}  // namespace kappa::test
