#include "rot.hpp"

#include <algorithm>
#include <array>

#include "fmt/format.h"
#include "format/footer.hpp"
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
  return std::array{"a bit", "zeros", "a stale sector", "swapped sectors", "a misdirected sector", "a stale beginning"}
      [static_cast<std::size_t>(rot)];
}

std::vector<Sector> sectors_of(const CrashDisk& disk) {
  std::vector<Sector> sectors;
  for (const auto& [path, inode] : disk.names())
    for (std::uint64_t at = 0; at < inode->cache.size(); at += kSector)
      if (!inode->cache.is_blank(at, at + kSector)) sectors.push_back({path, at});
  return sectors;
}

namespace {

/// Where the footer begins, or the file ends.
std::uint64_t end_of_frames(const SparseBytes& file) {
  std::array<std::byte, log::kFooterTailBytes> tail;
  const std::uint64_t size = file.size();
  if (size < tail.size()) return size;
  file.read(size - tail.size(), tail);
  const auto footer = log::decode_footer_tail(tail, size);
  return footer ? size - *footer : size;
}

/// The header alone, all that stands before the first frame, or some of the frames too; not the footer, which is
/// another write. A segment's header is written once: where it differs, the older file was another one.
Damage make_head_stale(CrashDisk& disk, const Path& path, const CrashDisk& older, Random& random) {
  const auto was = disk.find(path.text);
  const auto before = older.find(path.text);
  if (!was || !before || !path.text.ends_with(".seg")) return {};
  std::vector<std::byte> now(log::kBlockBytes);
  std::vector<std::byte> then(log::kBlockBytes);
  was->cache.read(0, now);
  before->cache.read(0, then);
  if (now == then || before->cache.is_blank(0, kSector)) return {};
  constexpr std::array<std::uint64_t, 3> kSizes{log::kBlockBytes, log::kFirstFramePosition,
                                                log::kFirstFramePosition + kSector};
  std::uint64_t bytes = kSizes[random() % kSizes.size()];
  bytes += bytes > log::kFirstFramePosition ? random() % 8 * kSector : 0;
  bytes = std::min(bytes, end_of_frames(was->cache) / kSector * kSector);
  for (std::uint64_t at = 0; at < bytes; at += kSector) {
    const Sector sector{&path, at};
    write(disk, sector, read(older, sector));
  }
  return {Rot::stale_head, fmt::format("{} of {} bytes of {}", name_of(Rot::stale_head), bytes, path.text), false};
}

}  // namespace

Damage damage(CrashDisk& disk, Rot rot, const Sector& sector, const std::vector<Sector>& others, const CrashDisk& older,
              Random& random) {
  if (rot == Rot::stale_head) return sector.begin == 0 ? make_head_stale(disk, *sector.path, older, random) : Damage{};
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
    case Rot::stale_head:
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
