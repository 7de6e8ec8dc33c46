#include "sim_machine.hpp"

#include <algorithm>
#include <cstring>

namespace kappa::test {

void SimFile::read(std::uint64_t position, std::span<std::byte> buffer) const {
  std::size_t done = 0;
  if (position < kPage) {
    done = std::min<std::size_t>(buffer.size(), kPage - position);
    std::memcpy(buffer.data(), page->bytes + position, done);
  }
  const std::uint64_t from = position + done - std::min<std::uint64_t>(kPage, position + done);
  const std::size_t there = from < rest.size() ? std::min(buffer.size() - done, rest.size() - from) : 0;
  if (there != 0) std::memcpy(buffer.data() + done, rest.data() + from, there);
  std::fill(buffer.begin() + static_cast<std::ptrdiff_t>(done + there), buffer.end(), std::byte{0});
}

void SimFile::write(std::uint64_t position, Bytes bytes) {
  size = std::max(size, position + bytes.size());
  if (position < kPage) {
    const std::size_t part = std::min<std::size_t>(bytes.size(), kPage - position);
    std::memcpy(page->bytes + position, bytes.data(), part);
    bytes = bytes.subspan(part);
    position += part;
  }
  if (bytes.empty()) return;
  const std::uint64_t from = position - kPage;
  if (from + bytes.size() > rest.size()) {
    // Zeros at the end need not be stored.
    while (!bytes.empty() && from + bytes.size() > rest.size() && bytes.back() == std::byte{0})
      bytes = bytes.first(bytes.size() - 1);
    if (from + bytes.size() > rest.size() && !bytes.empty()) rest.resize(from + bytes.size());
  }
  if (!bytes.empty()) std::memcpy(rest.data() + from, bytes.data(), bytes.size());
}

std::shared_ptr<SimFile> SimFile::copy() const {
  auto made = std::make_shared<SimFile>();
  *made->page = *page;
  made->rest = rest;
  made->size = size;
  made->linked = linked;
  return made;
}

SimMachine SimMachine::copy() const {
  SimMachine made;
  made.directories = directories;
  for (const auto& [path, file] : files) made.files[path] = file->copy();
  return made;
}

}  // namespace kappa::test
