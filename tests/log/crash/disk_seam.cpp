#include "disk_seam.hpp"

#include <algorithm>

namespace kappa::test {

using log::File;
using log::OpenMode;
using log::SharedPage;

namespace {

constexpr std::uint64_t kStartMicros = 1'700'000'000'000'000;
constexpr std::uint64_t kLookNs = 1000;

/// The lock that every process has that uses the data directory.
bool is_lifetime(const File& file) {
  return file.path().ends_with("/lock");
}

std::unexpected<Error> missing(const std::string& path) {
  return fail(Errc::not_found, "there is no " + path);
}

}  // namespace

void DiskSeam::watch(Point point) {
  disk_.settle_store();
  if (watcher_) watcher_(point);
}

void DiskSeam::point(log::PointKind kind, const SharedPage& page, std::uint32_t offset) {
  if (kind == log::PointKind::load) return;
  watch(Point::store);
  disk_.expect_store(page.memory(), offset);
}

Result<File> DiskSeam::open(const std::string& path, OpenMode mode) {
  std::shared_ptr<Inode> found = disk_.own(path);
  const bool may_make = mode == OpenMode::create || mode == OpenMode::create_new;
  if (found && mode == OpenMode::create_new) return fail(Errc::conflict, path + " exists");
  if (!found && !may_make) return missing(path);
  if (found && found->is_directory != (mode == OpenMode::directory)) return missing(path);
  if (!found) {
    if (!disk_.find(path.substr(0, std::max<std::size_t>(path.rfind('/'), 1)))) return missing(path);
    watch(Point::call);
    found = disk_.make(path, false);
  }
  int id = static_cast<int>(descriptors_.size());
  if (free_.empty()) {
    descriptors_.push_back(std::move(found));
  } else {
    id = free_.back();
    free_.pop_back();
    descriptors_[static_cast<std::size_t>(id)] = std::move(found);
  }
  return File(*this, id, path, mode);
}

void DiskSeam::close(int id) {
  descriptors_[static_cast<std::size_t>(id)].reset();
  free_.push_back(id);
}

Result<std::size_t> DiskSeam::read(const File& file, std::uint64_t position, std::span<std::byte> buffer) {
  const Inode& from = inode(file);
  const std::uint64_t size = from.cache.size();
  if (position >= size) return 0;
  const std::size_t bytes = std::min<std::uint64_t>(buffer.size(), size - position);
  from.read(position, buffer.first(bytes));
  return bytes;
}

Result<std::size_t> DiskSeam::read_device(const File& file, std::uint64_t position, std::span<std::byte> buffer) {
  // As O_DIRECT does: what is dirty is written first, and what a failed sync has lost is seen to be lost.
  const Inode& from = inode(file);
  SparseBytes changed;
  if (!from.changes.empty()) changed = from.device;
  for (const Inode::Change& change : from.changes) CrashDisk::apply(change, changed);
  const SparseBytes& stored = from.changes.empty() ? from.device : changed;
  if (position >= stored.size()) return 0;
  const std::size_t bytes = std::min<std::uint64_t>(buffer.size(), stored.size() - position);
  stored.read(position, buffer.first(bytes));
  return bytes;
}

Result<void> DiskSeam::write(const File& file, std::uint64_t position, std::span<const Bytes> parts) {
  for (const Bytes part : parts) {
    watch(Point::call);
    disk_.write(inode(file), position, part);
    position += part.size();
  }
  return {};
}

Result<void> DiskSeam::sync_data(const File& file) {
  watch(Point::call);
  disk_.sync(inode(file));
  return {};
}

Result<void> DiskSeam::sync(const File& file) {
  watch(Point::call);
  if (file.is_directory())
    disk_.sync_names(file.path());
  else
    disk_.sync(inode(file));
  return {};
}

Result<std::uint64_t> DiskSeam::size(const File& file) {
  return inode(file).cache.size();
}

Result<void> DiskSeam::allocate(const File& file, std::uint64_t size) {
  watch(Point::call);
  disk_.allocate(inode(file), size);
  return {};
}

Result<void> DiskSeam::truncate(const File& file, std::uint64_t size) {
  watch(Point::call);
  disk_.truncate(inode(file), size);
  return {};
}

bool DiskSeam::linked(const File& file) {
  return inode(file).linked;
}

Result<std::vector<std::string>> DiskSeam::list(const std::string& directory) {
  if (!disk_.find(directory)) return missing(directory);
  return disk_.list(directory);
}

Result<void> DiskSeam::make_directory(const std::string& path) {
  if (disk_.find(path)) return {};
  watch(Point::call);
  disk_.make(path, true);
  return {};
}

Result<void> DiskSeam::rename(const std::string& from, const std::string& to) {
  watch(Point::call);
  if (!disk_.find(from)) return missing(from);
  disk_.rename(from, to);
  return {};
}

Result<void> DiskSeam::remove(const std::string& path) {
  watch(Point::call);
  if (!disk_.find(path)) return missing(path);
  if (!disk_.list(path).empty()) return fail(Errc::io, path + " is not empty");
  disk_.remove(path);
  return {};
}

Result<log::FileSystem> DiskSeam::file_system(const std::string& path) {
  if (!disk_.find(path)) return missing(path);
  return log::FileSystem::ordinary;
}

Result<bool> DiskSeam::lock(const File& file, log::LockMode mode, std::chrono::nanoseconds) {
  if (!is_lifetime(file)) return true;
  const bool alone = mode == log::LockMode::exclusive;
  if (alone && company_ == Company::others) return false;
  shares_ = !alone;
  return true;
}
void DiskSeam::unlock(const File& file) {
  if (is_lifetime(file)) shares_ = false;
}

Result<SharedPage> DiskSeam::map(const File& file, OpenMode) {
  if (inode(file).cache.size() < log::kPageBytes) return fail(Errc::io, "too short to be mapped: " + file.path());
  std::byte* memory = disk_.map(inode(file));
  mapped_.emplace_back(memory, descriptors_[static_cast<std::size_t>(file.id())]);
  return SharedPage(*this, memory);
}
void DiskSeam::unmap(std::byte* memory) {
  disk_.settle_store();
  std::erase_if(mapped_, [&](const auto& mapping) { return mapping.first == memory; });
}

void DiskSeam::wait(const SharedPage&, std::uint32_t, std::uint32_t, std::chrono::nanoseconds timeout, std::uint32_t) {
  disk_.time_ns += static_cast<std::uint64_t>(std::max<std::int64_t>(timeout.count(), 0));
}
void DiskSeam::wake(const SharedPage&, std::uint32_t, std::uint32_t, std::uint32_t) {}

Micros DiskSeam::now() {
  return static_cast<Micros>(kStartMicros + static_cast<std::uint64_t>(monotonic().count()) / 1000);
}
std::chrono::nanoseconds DiskSeam::monotonic() {
  disk_.time_ns += kLookNs;
  return std::chrono::nanoseconds(disk_.time_ns);
}
void DiskSeam::yield() {
  disk_.time_ns += kLookNs;
}
std::uint64_t DiskSeam::random() {
  disk_.random ^= disk_.random << 13U;
  disk_.random ^= disk_.random >> 7U;
  disk_.random ^= disk_.random << 17U;
  return disk_.random;
}

}  // namespace kappa::test
