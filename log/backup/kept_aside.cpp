#include "backup/kept_aside.hpp"

#include <algorithm>
#include <vector>

#include "fmt/format.h"
#include "protocol/segment_file.hpp"

namespace kappa::log {
namespace {

constexpr std::size_t kCopyBytes = 1 << 20;

}  // namespace

Result<void> copy_range(Seam& seam, const File& from, const File& to, std::uint64_t position, std::uint64_t bytes) {
  std::vector<std::byte> chunk(std::min<std::uint64_t>(bytes, kCopyBytes));
  for (const std::uint64_t end = position + bytes; position < end;) {
    auto got = seam.read(from, position, std::span(chunk).first(std::min<std::uint64_t>(end - position, chunk.size())));
    if (!got) return propagate(got);
    if (*got == 0) return {};
    const Bytes parts[] = {Bytes(chunk).first(*got)};
    if (auto written = seam.write(to, position, parts); !written) return written;
    position += *got;
  }
  return {};
}

Result<void> make_damaged(const Healing& healing) {
  if (auto made = healing.seam.make_directory(healing.layout.damaged()); !made) return made;
  return sync_directory(healing.seam, healing.layout.root);
}

Result<void> keep_aside(const Healing& healing, const std::string& path, const std::string& name) {
  Seam& seam = healing.seam;
  if (auto made = make_damaged(healing); !made) return made;
  auto from = seam.open(path, OpenMode::read);
  if (!from) return propagate(from);
  std::string kept = healing.layout.damaged() + "/" + name;
  auto to = seam.open(kept, OpenMode::create_new);
  for (int i = 2; !to && to.error().code == Errc::conflict; ++i) {
    kept = fmt::format("{}/{}.{}", healing.layout.damaged(), name, i);
    to = seam.open(kept, OpenMode::create_new);
  }
  if (!to) return propagate(to);
  if (auto same = seam.copy_access(*from, *to); !same) return same;
  if (auto copied = copy_range(seam, *from, *to, 0, kSegmentBytesMax); !copied) return copied;
  if (auto synced = seam.sync(*to); !synced) return synced;
  healing.report.kept_aside.push_back(kept);
  return sync_directory(seam, healing.layout.damaged());
}

}  // namespace kappa::log
