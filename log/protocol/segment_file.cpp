// Segments as files. A new one is written and synced under a temporary name and then renamed, so that its header is
// whole wherever its name is seen; a temporary file that a death left behind is overwritten by the next roll.
#include "protocol/segment_file.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "fmt/format.h"
#include "kappa/log/repair_hint.hpp"

namespace kappa::log {
namespace {

constexpr std::string_view kSegmentSuffix = ".seg";
constexpr std::size_t kOffsetDigits = 20;
constexpr std::size_t kZeroChunkBytes = 256 << 10;

std::optional<Offset> base_of(std::string_view name) {
  if (name.size() != kOffsetDigits + kSegmentSuffix.size() || !name.ends_with(kSegmentSuffix)) return std::nullopt;
  Offset base;
  const char* end = name.data() + kOffsetDigits;
  const auto parsed = std::from_chars(name.data(), end, base.value);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return base;
}

Result<void> write_new_segment(Seam& seam, const std::string& path, const SegmentHeader& header, std::uint64_t bytes) {
  auto file = seam.open(path, OpenMode::create);
  if (!file) return propagate(file);
  if (auto emptied = seam.truncate(*file, 0); !emptied) return emptied;
  if (auto allocated = seam.allocate(*file, bytes); !allocated) return allocated;
  const Block block = encode_segment_header(header);
  const Bytes parts[] = {block};
  if (auto written = seam.write(*file, 0, parts); !written) return written;
  return seam.sync(*file);
}

}  // namespace

std::string segment_path(const std::string& directory, Offset base) {
  return fmt::format("{}/{:020}{}", directory, base.value, kSegmentSuffix);
}

Result<std::vector<Offset>> list_segments(Seam& seam, const std::string& directory) {
  auto names = seam.list(directory);
  if (!names) return propagate(names);
  std::vector<Offset> bases;
  for (const std::string& name : *names)
    if (const auto base = base_of(name)) bases.push_back(*base);
  std::ranges::sort(bases);
  return bases;
}

Result<SharedSegment> open_segment_file(Seam& seam, const std::string& path, Access access) {
  auto file = seam.open(path, access == Access::read_write ? OpenMode::write : OpenMode::read);
  if (!file) return propagate(file);
  Block block;
  auto got = seam.read(*file, 0, block);
  if (!got) return propagate(got);
  auto start = decode_segment_header(Bytes(block).first(*got));
  if (!start) return std::unexpected(fault_error(start.error(), path));
  if (auto known = check_features(start->header.features, access); !known)
    return std::unexpected(fault_error(known.error(), path));
  return std::make_shared<const SegmentFile>(SegmentFile{std::move(*file), *start});
}

Result<SharedSegment> open_segment(Seam& seam, const std::string& directory, Offset base, Access access) {
  auto segment = open_segment_file(seam, segment_path(directory, base), access);
  if (segment && (*segment)->base() != base)
    return fail(Errc::corruption,
                fmt::format("{}: the header says base offset {}, the name says {}", (*segment)->file.path(),
                            (*segment)->base().value, base.value),
                "the file was renamed or copied over another; " + repair_hint(directory));
  return segment;
}

Result<SharedSegment> create_segment(Seam& seam, const std::string& directory, const SegmentHeader& header,
                                     std::uint64_t bytes) {
  const std::string path = segment_path(directory, header.base_offset);
  const std::string unfinished = path + ".new";
  if (auto written = write_new_segment(seam, unfinished, header, bytes); !written) {
    static_cast<void>(seam.remove(unfinished));  // On a full disk it has what room there was.
    return propagate(written);
  }
  if (auto renamed = seam.rename(unfinished, path); !renamed) return propagate(renamed);
  if (auto synced = sync_directory(seam, directory); !synced) return propagate(synced);
  return open_segment(seam, directory, header.base_offset, Access::read_write);
}

Result<std::optional<Mark>> read_newest_mark(Seam& seam, const SegmentFile& segment) {
  std::array<std::byte, kFirstFramePosition> bytes{};
  auto got = seam.read(segment.file, 0, bytes);
  if (!got) return propagate(got);
  for (const std::uint64_t slot : {kMarkPositionA, kMarkPositionB}) {
    const auto mark =
        decode_mark(Bytes(bytes).first(*got).subspan(std::min<std::size_t>(slot, *got)), {slot}, segment.salt());
    if (!mark && mark.error().kind == FaultKind::unsupported)
      return std::unexpected(fault_error(mark.error(), segment.file.path()));
  }
  return newest_mark(bytes, segment.salt());
}

Result<void> write_mark(Seam& seam, const SegmentFile& segment, const Mark& mark) {
  const MarkBytes bytes = encode_mark(mark, segment.salt());
  const Bytes parts[] = {bytes};
  return seam.write(segment.file, mark_position(mark.generation).value, parts);
}

Result<void> write_zeros(Seam& seam, const File& file, std::uint64_t begin, std::uint64_t end) {
  static constexpr std::array<std::byte, kZeroChunkBytes> kZeros{};
  while (begin < end) {
    const Bytes parts[] = {Bytes(kZeros).first(std::min<std::uint64_t>(end - begin, kZeroChunkBytes))};
    if (auto written = seam.write(file, begin, parts); !written) return written;
    begin += parts[0].size();
  }
  return {};
}

Result<void> sync_directory(Seam& seam, const std::string& directory) {
  auto file = seam.open(directory, OpenMode::directory);
  if (!file) return propagate(file);
  return seam.sync(*file);
}

}  // namespace kappa::log
