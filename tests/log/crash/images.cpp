#include "images.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

namespace kappa::test {
namespace {

constexpr std::uint64_t kPage = sizeof(Inode::Page::bytes);

std::vector<std::byte> noise(std::size_t bytes, Random& random) {
  std::vector<std::byte> made(bytes);
  for (std::byte& byte : made) byte = static_cast<std::byte>(random());
  return made;
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::vector<std::byte> page_of(const Inode& inode, PageImage kind, Random& random) {
  const auto any = [&] { return inode.page_after(random() % (inode.stores.size() + 1)); };
  if (kind == PageImage::noise) return noise(kPage, random);
  if (kind == PageImage::newest) return inode.page_after(inode.stores.size());
  if (kind == PageImage::older) return any();
  std::vector<std::byte> page(kPage);
  for (std::uint64_t at = 0; at < kPage; at += kSector) {
    const auto version = any();
    std::memcpy(page.data() + at, version.data() + at, kSector);
  }
  return page;
}

}  // namespace

/// Builds one image: the files of the device, to which the units that survive are applied in their order.
class CrashImages::Builder {
 public:
  Builder(const CrashImages& images, const Survivors& survivors, Random& random)
      : images_(images), survivors_(survivors), random_(random) {}

  CrashDisk::Names build() {
    CrashDisk::Names names;
    for (const auto& [path, inode] : images_.disk_.device_names()) names.emplace_hint(names.end(), path, made(inode));
    for (std::size_t i = 0; i < images_.units_.size(); ++i) apply(images_.units_[i], i, names);
    // What is in a directory that has lost its own name is lost with it.
    for (auto at = names.begin(); at != names.end();) {
      const auto parent = names.find(parent_of(at->first));
      const bool there = at->first == "/" || (parent != names.end() && parent->second->is_directory);
      at = there ? std::next(at) : names.erase(at);
    }
    for (auto& [from, to] : made_) finish(*from, *to);
    return names;
  }

 private:
  std::shared_ptr<Inode> made(const std::shared_ptr<Inode>& from) {
    std::shared_ptr<Inode>& inode = made_[from.get()];
    if (inode) return inode;
    inode = std::make_shared<Inode>();
    inode->id = from->id;
    inode->is_directory = from->is_directory;
    inode->device = from->device;
    return inode;
  }

  void apply(const Unit& unit, std::size_t index, CrashDisk::Names& names) {
    const bool torn = survivors_.torn == index;
    const bool kept = survivors_.kept[index] || torn;
    if (unit.inode == nullptr) {
      if (!kept) return;
      NameChange change = images_.disk_.name_changes()[unit.change];
      change.inode = made(change.inode);
      return CrashDisk::apply(change, names);
    }
    const Inode::Change& change = unit.inode->changes[unit.change];
    auto& to = made_[unit.inode];
    if (!to) {
      to = std::make_shared<Inode>();
      to->device = unit.inode->device;
    }
    if (change.kind != Inode::Change::Kind::write) {
      if (kept) CrashDisk::apply(change, to->device);
      return;
    }
    if (!kept) return extend(to->device, unit);
    const std::uint64_t bytes = torn ? survivors_.torn_bytes : unit.end - unit.begin;
    to->device.write(unit.begin, Bytes(*change.bytes).subspan(unit.begin - change.position, bytes));
  }

  /// Bytes that were lost at the end of a file whose size perhaps was not.
  void extend(SparseBytes& content, const Unit& unit) {
    if (survivors_.lost == LostBytes::gone || unit.end <= content.size() || random_() % 2 == 0) return;
    const std::uint64_t from = std::max(content.size(), unit.begin);
    content.resize(unit.end);
    std::vector<std::byte> bytes(unit.end - from);
    if (survivors_.lost == LostBytes::noise) bytes = noise(bytes.size(), random_);
    if (survivors_.lost == LostBytes::old_bytes) {
      auto other = images_.disk_.names().begin();
      std::advance(other, static_cast<std::ptrdiff_t>(random_() % images_.disk_.names().size()));
      other->second->device.read(from, bytes);
    }
    content.write(from, bytes);
  }

  void finish(const Inode& from, Inode& to) {
    if (from.page && survivors_.pages != PageImage::device)
      to.device.write(0, page_of(from, survivors_.pages, random_));
    to.cache = to.device;
  }

  const CrashImages& images_;
  const Survivors& survivors_;
  Random& random_;
  std::map<const Inode*, std::shared_ptr<Inode>> made_;
};

CrashImages::CrashImages(const CrashDisk& disk) : disk_(disk) {
  std::set<Inode*> seen;
  const auto look = [&](const std::shared_ptr<Inode>& inode) {
    if (!seen.insert(inode.get()).second) return;
    add_units(*inode);
    has_stores_ |= !inode->stores.empty();
  };
  for (const auto& [path, inode] : disk.names()) look(inode);
  for (const auto& [path, inode] : disk.device_names()) look(inode);
  const auto& names = disk.name_changes();
  for (std::size_t i = 0; i < names.size(); ++i) {
    units_.push_back({.number = names[i].number, .change = i});
    look(names[i].inode);
  }
  // Units of one number are sectors of one write.
  std::ranges::sort(units_, {}, [](const Unit& unit) { return std::pair(unit.number, unit.begin); });
  for (std::size_t i = 0; i < units_.size(); ++i)
    if (i == 0 || units_[i].number != units_[i - 1].number) changes_.push_back(i);
  changes_.push_back(units_.size());
}

void CrashImages::add_units(Inode& inode) {
  for (std::size_t i = 0; i < inode.changes.size(); ++i) {
    const Inode::Change& change = inode.changes[i];
    if (change.kind != Inode::Change::Kind::write) {
      units_.push_back({.number = change.number, .inode = &inode, .change = i});
      continue;
    }
    const std::uint64_t end = change.position + change.bytes->size();
    for (std::uint64_t at = change.position; at < end;) {
      const std::uint64_t next = std::min(end, (at / kSector + 1) * kSector);
      units_.push_back({change.number, &inode, i, at, next});
      at = next;
    }
  }
}

std::size_t CrashImages::bytes_of(std::size_t unit) const {
  return units_[unit].end - units_[unit].begin;
}

Survivors CrashImages::first(std::size_t units, PageImage pages) const {
  Survivors survivors{.kept = std::vector<bool>(units_.size()), .torn = {}, .torn_bytes = 0, .pages = pages};
  std::fill_n(survivors.kept.begin(), units, true);
  return survivors;
}

CrashDisk CrashImages::image(const Survivors& survivors, Random& random) const {
  CrashDisk made = disk_.restarted();
  made.set_names(Builder(*this, survivors, random).build());
  return made;
}

}  // namespace kappa::test
