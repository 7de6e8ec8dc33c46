#include "images.hpp"

#include <algorithm>
#include <cstring>

namespace kappa::test {
namespace {

constexpr std::uint64_t kPage = sizeof(Inode::Page::bytes);

std::vector<std::byte> noise(std::size_t bytes, Random& random) {
  std::vector<std::byte> made(bytes);
  for (std::size_t at = 0; at < bytes; at += sizeof(std::uint64_t)) {
    const std::uint64_t word = random();
    std::memcpy(made.data() + at, &word, std::min(sizeof word, bytes - at));
  }
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

/// Builds one image: the names and files of the device, to which the units that survive are applied in their order.
/// Files that none of them touches are shared with all other images.
class CrashImages::Builder {
 public:
  Builder(const CrashImages& images, const Survivors& survivors, Random& random)
      : images_(images), survivors_(survivors), random_(random) {}

  Names build() {
    Names names = images_.disk_.device_names();
    for (std::size_t i = 0; i < images_.units_.size(); ++i) apply(images_.units_[i], i, names);
    // What is in a directory that has lost its own name is lost with it.
    if (!images_.disk_.name_changes().empty())
      std::erase_if(names.entries(),
                    [kept = Names()](const Names::Entry& entry) mutable { return is_orphan(entry, kept); });
    for (Names::Entry& entry : names.entries()) entry.inode = finished(entry.inode);
    return names;
  }

 private:
  static bool is_orphan(const Names::Entry& entry, Names& kept) {
    const auto parent = entry.path->text == "/" ? entry.inode : kept.find(parent_of(entry.path->text));
    const bool there = parent && parent->is_directory;
    if (there && entry.inode->is_directory) kept.set(entry.path, entry.inode);
    return !there;
  }

  Inode& made(const Inode& from) {
    for (const auto& [original, made] : made_)
      if (original == &from) return *made;
    auto inode = std::make_shared<Inode>();
    inode->id = from.id;
    inode->is_directory = from.is_directory;
    inode->device = from.device;
    inode->frozen = true;
    made_.emplace_back(&from, inode);
    return *inode;
  }

  void apply(const Unit& unit, std::size_t index, Names& names) {
    const bool torn = survivors_.torn == index;
    const bool kept = survivors_.kept[index] || torn;
    if (unit.inode == nullptr) {
      if (kept) CrashDisk::apply(images_.disk_.name_changes()[unit.change], names);
      return;
    }
    const Inode::Change& change = unit.inode->changes[unit.change];
    if (change.kind != Inode::Change::Kind::write) {
      if (kept) CrashDisk::apply(change, made(*unit.inode).device);
      return;
    }
    if (!kept) return extend(unit);
    const std::uint64_t bytes = torn ? survivors_.torn_bytes : unit.end - unit.begin;
    made(*unit.inode).device.write(unit.begin, Bytes(*change.bytes).subspan(unit.begin - change.position, bytes));
  }

  /// Bytes that were lost at the end of a file whose size perhaps was not.
  void extend(const Unit& unit) {
    if (survivors_.lost == LostBytes::gone || random_() % 2 == 0) return;
    SparseBytes& content = made(*unit.inode).device;
    if (unit.end <= content.size()) return;
    const std::uint64_t from = std::max(content.size(), unit.begin);
    content.resize(unit.end);
    std::vector<std::byte> bytes(unit.end - from);
    if (survivors_.lost == LostBytes::noise) bytes = noise(bytes.size(), random_);
    if (survivors_.lost == LostBytes::old_bytes) {
      const Names& names = images_.disk_.names();
      names[random_() % names.size()].inode->device.read(from, bytes);
    }
    content.write(from, bytes);
  }

  std::shared_ptr<Inode> finished(const std::shared_ptr<Inode>& from) {
    const bool paged = from->page && survivors_.pages != PageImage::device;
    if (paged) {
      Inode& to = made(*from);
      to.device.write(0, page_of(*from, survivors_.pages, random_));
    }
    for (const auto& [original, made] : made_)
      if (original == from.get()) {
        made->cache = made->device;
        return made;
      }
    return from->frozen ? from : from->durable();
  }

  const CrashImages& images_;
  const Survivors& survivors_;
  Random& random_;
  std::vector<std::pair<const Inode*, std::shared_ptr<Inode>>> made_;
};

CrashImages::CrashImages(const CrashDisk& disk) : disk_(disk) {
  std::vector<Inode*> seen;
  const auto look = [&](const std::shared_ptr<Inode>& inode) {
    has_stores_ |= !inode->stores.empty();
    if (inode->changes.empty() || std::ranges::find(seen, inode.get()) != seen.end()) return;
    seen.push_back(inode.get());
    add_units(*inode);
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
