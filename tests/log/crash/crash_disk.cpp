// Names are kept by their whole paths, so a directory's are those that begin with its own. That suffices because the
// log renames within a directory only.
#include "crash_disk.hpp"

#include <algorithm>
#include <cstring>

#include "format/hash.hpp"

namespace kappa::test {
namespace {

constexpr std::size_t kPage = sizeof(Inode::Page::bytes);
constexpr std::uint32_t kStored = sizeof(Inode::Store::bytes);

std::string_view parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

/// Copies inodes such that names that meant the same file still do.
class Copier {
 public:
  std::shared_ptr<Inode> copy(const std::shared_ptr<Inode>& from) {
    std::shared_ptr<Inode>& made = made_[from.get()];
    if (made) return made;
    made = std::make_shared<Inode>();
    made->id = from->id;
    made->is_directory = from->is_directory;
    made->linked = from->linked;
    made->cache = from->cache;
    made->device = from->device;
    made->changes = from->changes;
    if (from->page) {
      made->cache.write(0, from->page->bytes);
      made->oldest = from->oldest;
    }
    return made;
  }
  CrashDisk::Names copy(const CrashDisk::Names& from) {
    CrashDisk::Names made;
    for (const auto& [path, inode] : from) made.emplace_hint(made.end(), path, copy(inode));
    return made;
  }

 private:
  std::map<const Inode*, std::shared_ptr<Inode>> made_;
};

}  // namespace

void Inode::read(std::uint64_t position, std::span<std::byte> buffer) const {
  if (page && position < kPage) {
    const std::size_t bytes = std::min<std::size_t>(buffer.size(), kPage - position);
    std::memcpy(buffer.data(), page->bytes + position, bytes);
    buffer = buffer.subspan(bytes);
    position += bytes;
  }
  cache.read(position, buffer);
}

std::vector<std::byte> Inode::page_after(std::size_t count) const {
  std::vector<std::byte> bytes = oldest;
  for (std::size_t i = 0; i < count; ++i) std::memcpy(bytes.data() + stores[i].offset, stores[i].bytes.data(), kStored);
  return bytes;
}

CrashDisk::CrashDisk() {
  auto root = std::make_shared<Inode>();
  root->is_directory = true;
  names_["/"] = device_names_["/"] = root;
}

CrashDisk CrashDisk::after_kill() const {
  Copier copier;
  CrashDisk made;
  made.names_ = copier.copy(names_);
  made.device_names_ = copier.copy(device_names_);
  made.name_changes_ = name_changes_;
  for (NameChange& change : made.name_changes_) change.inode = copier.copy(change.inode);
  made.number_ = number_;
  made.next_id_ = next_id_;
  made.time_ns = time_ns;
  made.random = random;
  made.boot = boot;
  return made;
}

CrashDisk CrashDisk::restarted() const {
  CrashDisk made;
  made.number_ = number_;
  made.next_id_ = next_id_;
  made.time_ns = time_ns;
  made.random = random * 0xd6e8feb86659fd93ULL;
  made.boot = boot + 1;
  return made;
}

void CrashDisk::set_names(Names names) {
  device_names_ = names;
  names_ = std::move(names);
}

std::shared_ptr<Inode> CrashDisk::find(std::string_view path) const {
  const auto found = names_.find(path);
  return found == names_.end() ? nullptr : found->second;
}

void CrashDisk::apply(const NameChange& change, Names& names) {
  switch (change.kind) {
    case NameChange::Kind::add:
      names[change.path] = change.inode;
      return;
    case NameChange::Kind::remove:
      names.erase(change.path);
      return;
    case NameChange::Kind::rename:
      names.erase(change.path);
      names[change.to] = change.inode;
      return;
  }
}

std::shared_ptr<Inode> CrashDisk::make(const std::string& path, bool directory) {
  auto made = std::make_shared<Inode>();
  made->id = ++next_id_;
  made->is_directory = directory;
  name_changes_.push_back({next_number(), NameChange::Kind::add, path, {}, made});
  apply(name_changes_.back(), names_);
  return made;
}

void CrashDisk::rename(const std::string& from, const std::string& to) {
  const auto moved = find(from);
  if (const auto replaced = find(to)) replaced->linked = false;
  name_changes_.push_back({next_number(), NameChange::Kind::rename, from, to, moved});
  apply(name_changes_.back(), names_);
}

void CrashDisk::remove(const std::string& path) {
  const auto removed = find(path);
  removed->linked = false;
  name_changes_.push_back({next_number(), NameChange::Kind::remove, path, {}, removed});
  apply(name_changes_.back(), names_);
}

std::vector<std::string> CrashDisk::list(const std::string& directory) const {
  const std::string prefix = directory + "/";
  std::vector<std::string> found;
  for (auto at = names_.lower_bound(prefix); at != names_.end() && at->first.starts_with(prefix); ++at) {
    const std::string_view name = std::string_view(at->first).substr(prefix.size());
    if (name.find('/') == std::string_view::npos) found.emplace_back(name);
  }
  return found;
}

void CrashDisk::apply(const Inode::Change& change, SparseBytes& content) {
  switch (change.kind) {
    case Inode::Change::Kind::write:
      content.write(change.position, *change.bytes);
      return;
    case Inode::Change::Kind::allocate:
      content.resize(std::max(content.size(), change.position));
      return;
    case Inode::Change::Kind::truncate:
      content.resize(change.position);
      return;
  }
}

void CrashDisk::write(Inode& file, std::uint64_t position, Bytes bytes) {
  const std::uint64_t end = position + bytes.size();
  // Zeros over what is zeros everywhere: written ahead by the hundred thousand, and without any effect.
  const bool grows = end > file.cache.size();
  if (!grows && log::all_zeros(bytes) && file.cache.is_blank(position, end) && file.device.is_blank(position, end))
    return;
  auto copy = std::make_shared<const std::vector<std::byte>>(bytes.begin(), bytes.end());
  file.changes.push_back({next_number(), Inode::Change::Kind::write, position, std::move(copy)});
  file.cache.write(position, bytes);
  if (file.page && position < kPage)
    std::memcpy(file.page->bytes + position, bytes.data(), std::min<std::size_t>(bytes.size(), kPage - position));
}

void CrashDisk::allocate(Inode& file, std::uint64_t size) {
  if (size <= file.cache.size()) return;
  file.changes.push_back({next_number(), Inode::Change::Kind::allocate, size, {}});
  apply(file.changes.back(), file.cache);
}

void CrashDisk::truncate(Inode& file, std::uint64_t size) {
  if (size == file.cache.size()) return;
  file.changes.push_back({next_number(), Inode::Change::Kind::truncate, size, {}});
  apply(file.changes.back(), file.cache);
}

void CrashDisk::sync(Inode& file) {
  for (const Inode::Change& change : file.changes) apply(change, file.device);
  file.changes.clear();
}

void CrashDisk::sync_names(const std::string& directory) {
  std::erase_if(name_changes_, [&](const NameChange& change) {
    if (parent_of(change.path) != directory) return false;
    apply(change, device_names_);
    return true;
  });
}

void CrashDisk::lose(Inode& file, bool evict) {
  file.changes.clear();
  // The size is metadata, which the file system keeps although the pages are lost.
  file.device.resize(file.cache.size());
  if (evict) file.cache = file.device;
}

std::byte* CrashDisk::map(Inode& file) {
  if (!file.page) {
    auto page = std::make_unique<Inode::Page>();
    file.cache.read(0, page->bytes);
    page->inode = &file;
    if (file.oldest.empty()) file.oldest.assign(std::begin(page->bytes), std::end(page->bytes));
    file.page = std::move(page);
  }
  return file.page->bytes;
}

void CrashDisk::expect_store(const std::byte* page, std::uint32_t offset) {
  settle_store();
  stored_in_ = reinterpret_cast<const Inode::Page*>(page)->inode;
  stored_at_ = offset / kStored * kStored;
}

void CrashDisk::settle_store() {
  if (stored_in_ == nullptr) return;
  Inode::Store store{stored_at_, {}};
  std::memcpy(store.bytes.data(), stored_in_->page->bytes + stored_at_, kStored);
  stored_in_->stores.push_back(store);
  stored_in_ = nullptr;
}

std::uint64_t CrashDisk::hash() const {
  std::uint64_t sum = 0;
  for (const auto& [path, inode] : names_) {
    const std::uint64_t name = log::hash_of(as_bytes(path));
    sum = (sum ^ name) * 0xff51afd7ed558ccdULL + inode->cache.hash();
    if (inode->page) sum = (sum ^ log::hash_of(inode->page->bytes)) * 0xc4ceb9fe1a85ec53ULL;
  }
  return sum;
}

}  // namespace kappa::test
