#include "disk_image.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "kappa/base/assert.hpp"

namespace kappa::powercut {

void DiskImage::Unmap::operator()(std::byte* memory) const {
  munmap(memory, bytes);
}

DiskImage::Memory DiskImage::make_memory(std::uint64_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  KAPPA_ASSERT(memory != MAP_FAILED, "there is memory for a disk");
  return {static_cast<std::byte*>(memory), Unmap{bytes}};
}

DiskImage::DiskImage(std::uint64_t bytes) : bytes_(bytes), seen_(make_memory(bytes)), device_(make_memory(bytes)) {}

void DiskImage::read(std::uint64_t position, std::span<std::byte> into) const {
  std::memcpy(into.data(), seen_.get() + position, into.size());
}

void DiskImage::write(std::uint64_t position, Bytes from) {
  for (std::size_t done = 0; done < from.size(); done += kSectorBytes) {
    std::byte* place = seen_.get() + position + done;
    Change& change = unflushed_.emplace_back();
    change.sector = (position + done) / kSectorBytes;
    std::memcpy(change.content.data(), from.data() + done, kSectorBytes);
    const auto [old, is_new] = start_.try_emplace(change.sector);
    if (is_new) std::memcpy(old->second.data(), place, kSectorBytes);
    std::memcpy(place, from.data() + done, kSectorBytes);
  }
}

void DiskImage::apply(const Change& change) {
  std::memcpy(device_.get() + change.sector * kSectorBytes, change.content.data(), kSectorBytes);
}

void DiskImage::flush() {
  for (const Change& change : unflushed_) apply(change);
  unflushed_.clear();
}

// A device may write what it holds in any order, so any part may be left; these kinds of parts are those that find
// different mistakes: nothing and everything, what an honest order leaves, its opposite, and halves and few of any.
std::vector<bool> DiskImage::choose_kept(std::mt19937_64& random) const {
  enum Kind : std::uint8_t { none, all, earlier, later, any_half, all_but_few };
  const auto kind = static_cast<Kind>(random() % 6);
  const std::size_t border = random() % (unflushed_.size() + 1);
  std::vector<bool> kept(unflushed_.size());
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const std::uint64_t drawn = random();
    kept[i] = kind == all || (kind == earlier && i < border) || (kind == later && i >= border) ||
              (kind == any_half && drawn % 2 == 0) || (kind == all_but_few && drawn % 16 != 0);
  }
  return kept;
}

Loss DiskImage::cut(std::mt19937_64& random) {
  const std::vector<bool> kept = choose_kept(random);
  for (std::size_t i = 0; i < kept.size(); ++i)
    if (kept[i]) apply(unflushed_[i]);
  const Loss loss{kept.size(), static_cast<std::uint64_t>(std::ranges::count(kept, true))};
  unflushed_.clear();
  return loss;
}

void DiskImage::restart() {
  for (const auto& [sector, old] : start_)
    std::memcpy(seen_.get() + sector * kSectorBytes, device_.get() + sector * kSectorBytes, kSectorBytes);
  start_.clear();
  unflushed_.clear();
}

bool DiskImage::load(int file) {
  seen_ = make_memory(bytes_);
  device_ = make_memory(bytes_);
  start_.clear();
  unflushed_.clear();
  off_t hole = 0;
  for (off_t data = 0; (data = lseek(file, hole, SEEK_DATA)) >= 0;) {
    hole = lseek(file, data, SEEK_HOLE);
    while (data < hole) {
      const ssize_t got = pread(file, seen_.get() + data, static_cast<std::size_t>(hole - data), data);
      if (got <= 0) return false;
      std::memcpy(device_.get() + data, seen_.get() + data, static_cast<std::size_t>(got));
      data += got;
    }
  }
  return true;
}

bool DiskImage::save_start(const std::string& file) const {
  const int id = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (id < 0) return false;
  bool written = ftruncate(id, static_cast<off_t>(bytes_)) == 0;
  static constexpr Sector kZeros{};
  for (std::uint64_t sector = 0; written && sector < bytes_ / kSectorBytes; ++sector) {
    const auto old = start_.find(sector);
    const std::byte* content = old == start_.end() ? seen_.get() + sector * kSectorBytes : old->second.data();
    if (std::memcmp(content, kZeros.data(), kSectorBytes) == 0) continue;  // A hole.
    written = pwrite(id, content, kSectorBytes, static_cast<off_t>(sector * kSectorBytes)) == kSectorBytes;
  }
  return ::close(id) == 0 && written;
}

}  // namespace kappa::powercut
