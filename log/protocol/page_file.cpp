#include "protocol/page_file.hpp"

#include <array>

#include "fmt/format.h"

namespace kappa::log {
namespace {

Result<void> fill(Seam& seam, const File& file) {
  const std::array<std::byte, kPageBytes> zeros{};
  const Bytes parts[] = {zeros};
  if (auto written = seam.write(file, 0, parts); !written) return written;
  // Who may only read cannot make it anew, and is to find it whole whenever its name is there.
  return seam.sync(file);
}

/// nullopt: it is missing, or too short to be a page.
Result<std::optional<File>> open_whole(Seam& seam, const std::string& path, Access access) {
  auto file = seam.open(path, access == Access::read_write ? OpenMode::create : OpenMode::read);
  if (!file && file.error().code == Errc::not_found && access == Access::read_only) return std::nullopt;
  if (!file) return propagate(file);
  auto bytes = seam.size(*file);
  if (!bytes) return propagate(bytes);
  if (*bytes >= kPageBytes) return std::move(*file);
  if (access == Access::read_only) return std::nullopt;
  if (auto filled = fill(seam, *file); !filled) return propagate(filled);
  return std::move(*file);
}

}  // namespace

Result<PageFile> PageFile::open(Seam& seam, const std::string& path, Access access) {
  auto file = open_whole(seam, path, access);
  if (!file) return propagate(file);
  if (!*file) return PageFile(seam, path, File{}, SharedPage::of_zeros(seam));
  auto page = seam.map(**file, access == Access::read_write ? OpenMode::write : OpenMode::read);
  if (!page) return propagate(page);
  return PageFile(seam, path, std::move(**file), std::move(*page));
}

Result<void> PageFile::check_still_missing() const {
  if (!is_missing()) return {};
  auto made = open_whole(*seam_, path_, Access::read_only);
  if (!made) return propagate(made);
  if (!*made) return {};
  return fail(Errc::conflict, fmt::format("{} was missing, and has been made anew since this began to read", path_),
              "run the command again");
}

}  // namespace kappa::log
