#include "sim_machine.hpp"

#include <algorithm>
#include <cstring>

namespace kappa::test {
namespace {

bool all_zeros(Bytes bytes) {
  return bytes.empty() ||
         (bytes.front() == std::byte{0} && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

}  // namespace

void SimFile::read(std::uint64_t position, std::span<std::byte> buffer) const {
  if (buffer.empty()) return;
  std::size_t done = 0;
  if (position < kPage) {
    done = std::min<std::size_t>(buffer.size(), kPage - position);
    std::memcpy(buffer.data(), page->bytes + position, done);
  }
  const std::uint64_t from = position + done - std::min<std::uint64_t>(kPage, position + done);
  const std::size_t there = from < rest.size() ? std::min(buffer.size() - done, rest.size() - from) : 0;
  if (there != 0) std::memcpy(buffer.data() + done, rest.data() + from, there);
  const std::size_t zeros = buffer.size() - done - there;
  if (zeros != 0) std::memset(buffer.data() + done + there, 0, zeros);
}

bool SimFile::holds(std::uint64_t position, Bytes bytes) const {
  const std::size_t in_page = position < kPage ? std::min<std::size_t>(bytes.size(), kPage - position) : 0;
  if (in_page != 0 && std::memcmp(bytes.data(), page->bytes + position, in_page) != 0) return false;
  bytes = bytes.subspan(in_page);
  const std::uint64_t from = position + in_page - std::min<std::uint64_t>(kPage, position + in_page);
  const std::size_t there = from < rest.size() ? std::min(bytes.size(), rest.size() - from) : 0;
  if (there != 0 && std::memcmp(bytes.data(), rest.data() + from, there) != 0) return false;
  return all_zeros(bytes.subspan(there));
}

void SimFile::write(std::uint64_t position, Bytes bytes) {
  // Bytes written over themselves are on the device, or not, as they were.
  if (!holds(position, bytes)) unsynced.push_back({++writes, position, position + bytes.size()});
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
    const std::size_t inside = from < rest.size() ? rest.size() - from : 0;
    if (all_zeros(bytes.subspan(inside)))
      bytes = bytes.first(inside);
    else
      rest.resize(from + bytes.size());
  }
  if (!bytes.empty()) std::memcpy(rest.data() + from, bytes.data(), bytes.size());
}

void SimFile::truncate(std::uint64_t bytes) {
  if (bytes < size) {
    const std::uint64_t kept = bytes > kPage ? bytes - kPage : 0;
    if (kept < rest.size()) rest.resize(kept);
    for (std::uint64_t i = bytes; i < kPage; ++i) page->bytes[i] = std::byte{0};
  }
  size = bytes;
}

bool SimFile::is_unsynced(std::uint64_t begin, std::uint64_t end) const {
  return std::ranges::any_of(unsynced, [&](const Write& write) { return write.begin < end && begin < write.end; });
}

std::shared_ptr<SimFile> SimFile::copy() const {
  auto made = std::make_shared<SimFile>();
  *made->page = *page;
  made->id = id;
  made->rest = rest;
  made->size = size;
  made->linked = linked;
  made->writes = writes;
  made->unsynced = unsynced;
  return made;
}

std::shared_ptr<SimFile> SimMachine::make_file(const std::string& path) {
  auto made = std::make_shared<SimFile>();
  made->id = made->page->file = next_id_++;
  files[path] = made;
  return made;
}

SimMachine SimMachine::copy() const {
  SimMachine made;
  made.directories = directories;
  made.next_id_ = next_id_;
  for (const auto& [path, file] : files) made.files.emplace_hint(made.files.end(), path, file->copy());
  return made;
}

}  // namespace kappa::test
