#include "injured_file.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "directory/layout.hpp"
#include "fmt/format.h"
#include "must.hpp"

namespace kappa::test {

std::string describe(const Injury& injury) {
  return injury.kind == Injury::Kind::cut ? fmt::format("cut off at byte {}", injury.position)
                                          : fmt::format("bit {} of byte {}", injury.bit, injury.position);
}

void damage(CrashDisk& disk, const std::string& path, const Injury& injury) {
  Inode& file = *disk.own(path);
  if (injury.kind == Injury::Kind::cut) {
    disk.truncate(file, injury.position);
  } else {
    std::array<std::byte, 1> byte{};
    file.read(injury.position, byte);
    byte[0] ^= std::byte(1U << injury.bit);
    disk.write(file, injury.position, byte);
  }
  disk.sync(file);
}

void InjuredFile::take_over() {
  bytes_ = must(log::read_file(real(), path_));
  size_ = bytes_.size();
  taken_over_ = true;
}

bool InjuredFile::was_read(std::uint64_t begin, std::uint64_t end) const {
  return std::ranges::any_of(reads_, [&](const auto& read) { return read.first < end && begin < read.second; });
}

void InjuredFile::note(const log::File& file, std::uint64_t position, std::size_t bytes) {
  if (notes_ && file.path() == path_) reads_.emplace_back(position, position + bytes);
}

std::unexpected<Error> InjuredFile::changed() {
  ++changes_;
  return fail(Errc::io, path_ + " is to be changed");
}

Result<std::size_t> InjuredFile::read(const log::File& file, std::uint64_t position, std::span<std::byte> buffer) {
  note(file, position, buffer.size());
  if (!is_it(file)) return ForwardingSeam::read(file, position, buffer);
  if (position >= size_) return 0;
  const std::size_t bytes = std::min<std::uint64_t>(buffer.size(), size_ - position);
  std::memcpy(buffer.data(), bytes_.data() + position, bytes);
  return bytes;
}

Result<std::size_t> InjuredFile::read_device(const log::File& file, std::uint64_t position,
                                             std::span<std::byte> buffer) {
  note(file, position, buffer.size());
  return is_it(file) ? read(file, position, buffer) : ForwardingSeam::read_device(file, position, buffer);
}

Result<std::uint64_t> InjuredFile::size(const log::File& file) {
  return is_it(file) ? Result<std::uint64_t>(size_) : ForwardingSeam::size(file);
}

Result<void> InjuredFile::write(const log::File& file, std::uint64_t position, std::span<const Bytes> parts) {
  return is_it(file) ? Result<void>(changed()) : ForwardingSeam::write(file, position, parts);
}

Result<void> InjuredFile::allocate(const log::File& file, std::uint64_t size) {
  return is_it(file) ? Result<void>(changed()) : ForwardingSeam::allocate(file, size);
}

Result<void> InjuredFile::truncate(const log::File& file, std::uint64_t size) {
  return is_it(file) ? Result<void>(changed()) : ForwardingSeam::truncate(file, size);
}

Result<void> InjuredFile::rename(const std::string& from, const std::string& to) {
  return taken_over_ && (from == path_ || to == path_) ? Result<void>(changed()) : ForwardingSeam::rename(from, to);
}

Result<void> InjuredFile::remove(const std::string& path) {
  return taken_over_ && path == path_ ? Result<void>(changed()) : ForwardingSeam::remove(path);
}

}  // namespace kappa::test
