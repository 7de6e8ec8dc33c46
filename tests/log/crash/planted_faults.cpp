#include "planted_faults.hpp"

#include <algorithm>

#include "dropped_syncs.hpp"
#include "format/format.hpp"
#include "format/hash.hpp"

namespace kappa::test {
namespace {

using log::File;

/// Writes a frame's first half only and does not look at how much was written.
class ShortWrite final : public ForwardingSeam {
 public:
  explicit ShortWrite(DiskSeam& disk) : ForwardingSeam(disk) {}
  Result<void> write(const File& file, std::uint64_t position, std::span<const Bytes> parts) override {
    std::vector<Bytes> some(parts.begin(), parts.end());
    if (parts.size() > 1) some.back() = some.back().first(some.back().size() / 2);
    return real().write(file, position, some);
  }
};

/// Does not overwrite a torn tail with zeros.
class NoWiping final : public ForwardingSeam {
 public:
  explicit NoWiping(DiskSeam& disk) : ForwardingSeam(disk) {}
  Result<void> write(const File& file, std::uint64_t position, std::span<const Bytes> parts) override {
    const bool wipes = file.path().ends_with(".seg") && std::ranges::all_of(parts, log::all_zeros);
    return wipes ? Result<void>{} : real().write(file, position, parts);
  }
};

/// Lets a mark reach the device before the frames it vouches for: those are synced by the call after it.
class MarkBeforeItsSync final : public ForwardingSeam {
 public:
  explicit MarkBeforeItsSync(DiskSeam& disk) : ForwardingSeam(disk), disk_(disk) {}
  Result<void> write(const File& file, std::uint64_t position, std::span<const Bytes> parts) override {
    const bool mark = position == log::kMarkPositionA || position == log::kMarkPositionB;
    if (!mark || !held_) return real().write(file, position, parts);
    Inode& inode = disk_.inode(file);
    std::vector<Inode::Change> frames = std::exchange(inode.changes, {});
    inode.diverged = true;
    if (auto written = real().write(file, position, parts); !written) return written;
    disk_.disk().sync(inode);
    inode.changes = std::move(frames);
    return {};
  }
  Result<void> sync_data(const File& file) override {
    // Every second one is held back, as if it came after the mark.
    held_ = !held_;
    return held_ ? Result<void>{} : real().sync_data(file);
  }

 private:
  DiskSeam& disk_;
  bool held_ = false;
};

/// Makes data durable and forgets the size.
class NoSizeSync final : public ForwardingSeam {
 public:
  explicit NoSizeSync(DiskSeam& disk) : ForwardingSeam(disk), disk_(disk) {}
  Result<void> sync_data(const File& file) override { return without_size(file, real().sync_data(file)); }
  Result<void> sync(const File& file) override { return without_size(file, real().sync(file)); }
  Result<void> allocate(const File& file, std::uint64_t size) override {
    before_ = disk_.inode(file).device.size();
    return real().allocate(file, size);
  }

 private:
  Result<void> without_size(const File& file, Result<void> synced) {
    Inode& inode = disk_.inode(file);
    if (!file.is_directory() && before_) {
      inode.device.resize(*before_);
      inode.durable_copy.reset();
      inode.diverged = true;
    }
    before_.reset();
    return synced;
  }
  DiskSeam& disk_;
  std::optional<std::uint64_t> before_;
};

/// Renames by writing the new name at once, whatever of the file is on the device: no sync before the rename counts.
class RenameBeforeContent final : public ForwardingSeam {
 public:
  explicit RenameBeforeContent(DiskSeam& disk) : ForwardingSeam(disk), disk_(disk) {}
  Result<void> sync(const File& file) override {
    return file.path().ends_with(".new") ? Result<void>{} : real().sync(file);
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    auto renamed = real().rename(from, to);
    if (renamed) disk_.disk().sync_names(to.substr(0, to.rfind('/')));
    return renamed;
  }

 private:
  DiskSeam& disk_;
};

template <typename Fault>
PlantedFault planted(const char* name) {
  return {name, [](DiskSeam& disk) -> std::unique_ptr<log::Seam> { return std::make_unique<Fault>(disk); }};
}

}  // namespace

std::vector<PlantedFault> planted_faults() {
  return {planted<NoDataSync>("DataIsNotSynced"),
          planted<NoFileSync>("ANewFileIsNotSynced"),
          planted<NoDirectorySync>("ADirectoryIsNotSynced"),
          planted<LateDataSync>("DataIsSyncedAfterItIsAcknowledged"),
          planted<ShortWrite>("AShortWriteIsIgnored"),
          planted<NoWiping>("ATornTailIsNotWiped"),
          planted<MarkBeforeItsSync>("AMarkIsDurableBeforeWhatItVouchesFor"),
          planted<NoSizeSync>("ASizeIsNotSynced"),
          planted<RenameBeforeContent>("ANameIsDurableBeforeItsContent")};
}

}  // namespace kappa::test
