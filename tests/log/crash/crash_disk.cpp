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

/// Copies inodes as the death of all processes leaves them, such that names that meant the same file still do.
class Copier {
 public:
  /// What has a name that may be lost is copied: only what has one name can be shared.
  explicit Copier(const std::vector<NameChange>& renamed) : renamed_(renamed) {}

  std::shared_ptr<Inode> copy(const std::shared_ptr<Inode>& from) {
    if (from->frozen) return from;
    // Nothing was changed since the last sync: as on the device, also in the cache.
    const bool settled = from->changes.empty() && !from->page && from->linked && from->cache.shares(from->device);
    if (settled && std::ranges::find(renamed_, from, &NameChange::inode) == renamed_.end()) return from->durable();
    for (const auto& [original, made] : made_)
      if (original == from.get()) return made;
    auto made = std::make_shared<Inode>();
    made->id = from->id;
    made->is_directory = from->is_directory;
    made->linked = from->linked;
    made->diverged = from->diverged;
    made->cache = from->cache;
    made->device = from->device;
    made->changes = from->changes;
    if (from->page) {
      made->cache.write(0, from->page->bytes);
      made->oldest = from->oldest;
    }
    made_.emplace_back(from.get(), made);
    return made;
  }
  Names copy(const Names& from) {
    Names made = from;
    for (Names::Entry& entry : made.entries()) entry.inode = copy(entry.inode);
    return made;
  }

 private:
  const std::vector<NameChange>& renamed_;
  std::vector<std::pair<const Inode*, std::shared_ptr<Inode>>> made_;
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

const std::shared_ptr<Inode>& Inode::durable() const {
  if (!durable_copy) {
    durable_copy = std::make_shared<Inode>();
    durable_copy->id = id;
    durable_copy->is_directory = is_directory;
    durable_copy->cache = durable_copy->device = device;
    durable_copy->frozen = true;
  }
  return durable_copy;
}

std::uint64_t Inode::hash() const {
  if (frozen && known_hash != 0) return known_hash;
  std::uint64_t sum = cache.hash();
  if (page) sum = (sum ^ log::hash_of(page->bytes)) * 0xc4ceb9fe1a85ec53ULL;
  return known_hash = sum;
}

CrashDisk::CrashDisk() {
  auto root = std::make_shared<Inode>();
  root->is_directory = true;
  const Path* path = interned("/");
  names_.set(path, root);
  device_names_.set(path, root);
}

CrashDisk CrashDisk::after_kill() const {
  Copier copier(name_changes_);
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

// What is frozen has the same durable name, for it came with the disk; a change of the name takes a copy first.
std::shared_ptr<Inode> CrashDisk::own(std::string_view path) {
  auto found = names_.find(path);
  if (!found || !found->frozen) return found;
  auto made = std::make_shared<Inode>();
  made->id = found->id;
  made->is_directory = found->is_directory;
  made->cache = found->cache;
  made->device = found->device;
  const Path* name = interned(path);
  names_.set(name, made);
  device_names_.set(name, made);
  return made;
}

void CrashDisk::apply(const NameChange& change, Names& names) {
  switch (change.kind) {
    case NameChange::Kind::add:
      return names.set(change.path, change.inode);
    case NameChange::Kind::remove:
      return names.erase(change.path);
    case NameChange::Kind::rename:
      names.erase(change.path);
      return names.set(change.to, change.inode);
  }
}

std::shared_ptr<Inode> CrashDisk::make(const std::string& path, bool directory) {
  auto made = std::make_shared<Inode>();
  made->id = ++next_id_;
  made->is_directory = directory;
  name_changes_.push_back({next_number(), NameChange::Kind::add, interned(path), nullptr, made});
  apply(name_changes_.back(), names_);
  return made;
}

void CrashDisk::rename(const std::string& from, const std::string& to) {
  const auto moved = own(from);
  if (const auto replaced = own(to)) replaced->linked = false;
  name_changes_.push_back({next_number(), NameChange::Kind::rename, interned(from), interned(to), moved});
  apply(name_changes_.back(), names_);
}

void CrashDisk::remove(const std::string& path) {
  const auto removed = own(path);
  removed->linked = false;
  name_changes_.push_back({next_number(), NameChange::Kind::remove, interned(path), nullptr, removed});
  apply(name_changes_.back(), names_);
}

std::vector<std::string> CrashDisk::list(const std::string& directory) const {
  const std::string prefix = directory + "/";
  std::vector<std::string> found;
  for (std::size_t at = names_.lower_bound(prefix); at < names_.size(); ++at) {
    const std::string_view path = names_[at].path->text;
    if (!path.starts_with(prefix)) break;
    const std::string_view name = path.substr(prefix.size());
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
  if (file.changes.empty()) return;
  file.durable_copy.reset();
  if (!file.diverged) file.device = file.cache;
  for (const Inode::Change& change : file.changes)
    if (file.diverged) apply(change, file.device);
  file.changes.clear();
}

void CrashDisk::sync_names(const std::string& directory) {
  std::erase_if(name_changes_, [&](const NameChange& change) {
    if (parent_of(change.path->text) != directory) return false;
    apply(change, device_names_);
    return true;
  });
}

void CrashDisk::lose(Inode& file, bool evict) {
  file.changes.clear();
  file.durable_copy.reset();
  file.diverged = !evict;
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
  for (const auto& [path, inode] : names_) sum = (sum ^ path->hash) * 0xff51afd7ed558ccdULL + inode->hash();
  return sum;
}

}  // namespace kappa::test
