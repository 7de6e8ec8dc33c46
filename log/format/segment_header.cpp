#include "format/segment_header.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "format/hash.hpp"

// Headers of files. Each has its hash where every version will look for it, and is judged in this order: magic, hash,
// version, features, content. The two mark slots alternate, and each lies in a block of its own, so that a write that
// is torn or a block that goes bad takes one of them at the most.

namespace kappa::log {
namespace {

std::unexpected<Fault> zeros_at(std::uint64_t position, std::string what) {
  return std::unexpected(Fault{FaultKind::zeros, position, 0, std::move(what)});
}

std::string wrong_hash(std::string_view what, std::uint64_t actual, std::uint64_t expected) {
  return fmt::format("{} with hash {:016x}, expected {:016x}", what, actual, expected);
}

bool is_chain_position(Position position) {
  return position.value >= kFirstFramePosition && position.value < kSegmentBytesMax &&
         position.value % kFrameAlignment == 0;
}

}  // namespace

ChainPoint SegmentStart::chain() const {
  return {{kFirstFramePosition},
          hash,
          header.base_offset,
          header.previous_last_sequence,
          header.previous_last_append_time,
          header.owner_epoch,
          header.log_start};
}

bool is_same_segment(SegmentHeader one, const SegmentHeader& other) {
  one.rewriting = other.rewriting;
  return std::ranges::equal(image_of(one), image_of(other));
}

Block encode_segment_header(const SegmentHeader& header) {
  Block block{};
  store(block.data(), header);
  store(block.data() + kSegmentHeaderHashPosition, hash_of(Bytes(block).first(kSegmentHeaderHashPosition)));
  return block;
}

Checked<SegmentStart> decode_segment_header(Bytes file_start) {
  if (file_start.size() < kBlockBytes) return cut(0, kBlockBytes);
  const Bytes block = file_start.first(kBlockBytes);
  const auto header = load<SegmentHeader>(block.data());
  if (header.magic != kSegmentMagic) {
    if (all_zeros(block)) return zeros_at(0, "zeros where a segment header is expected");
    return damaged(0, fmt::format("no segment (magic {:016x}, expected {:016x})", header.magic, kSegmentMagic));
  }
  const auto hash = load<std::uint64_t>(block.data() + kSegmentHeaderHashPosition);
  const std::uint64_t actual = hash_of(block.first(kSegmentHeaderHashPosition));
  if (actual != hash) return damaged(0, wrong_hash("segment header", actual, hash));
  if (header.version != kSegmentVersion) return unsupported(0, fmt::format("segment of version {}", header.version));
  if (auto checked = check_features(header.features, Access::read_only); !checked) return pass_on(checked);
  if (header.producer_count != 0) return unsupported(0, "segment with a producer snapshot");
  if (header.zero != 0 || !all_zeros(block.first(kSegmentHeaderHashPosition).subspan(kSegmentHeaderBytes)))
    return unsupported(0, "segment header with reserved bytes in use");
  if (header.salt == 0) return damaged(0, "segment header without a salt");
  if (header.log_start > header.base_offset)
    return damaged(0, fmt::format("segment from offset {} on with a log start behind it, at {}",
                                  header.base_offset.value, header.log_start.value));
  if (header.previous_salt != 0 && !is_chain_position(header.previous_end))
    return damaged(
        0, fmt::format("segment after one that ends at position {}, where no frame can", header.previous_end.value));
  return SegmentStart{header, hash};
}

MarkBytes encode_mark(const Mark& mark, std::uint64_t salt) {
  StoredMark stored;
  stored.salt = salt;
  stored.generation = mark.generation;
  stored.position = mark.point.position;
  stored.chain = mark.point.chain;
  stored.next_offset = mark.point.next_offset;
  stored.last_sequence = mark.point.last_sequence;
  stored.last_append_time = mark.point.last_append_time;
  stored.owner_epoch = mark.point.owner_epoch;
  stored.log_start = mark.point.log_start;
  stored.hash = hash_of(image_of(stored).first(offsetof(StoredMark, hash)));
  MarkBytes bytes;
  store(bytes.data(), stored);
  return bytes;
}

Checked<Mark> decode_mark(Bytes bytes, Position slot, std::uint64_t salt) {
  const std::uint64_t at = slot.value;
  if (bytes.size() < kMarkBytes) return cut(at, kMarkBytes);
  if (all_zeros(bytes.first(kMarkBytes))) return zeros_at(at, "mark that was never written");
  const auto stored = load<StoredMark>(bytes.data());
  if (stored.magic != kMarkMagic)
    return damaged(at, fmt::format("no mark (magic {:016x}, expected {:016x})", stored.magic, kMarkMagic));
  const std::uint64_t actual = hash_of(bytes.first(offsetof(StoredMark, hash)));
  if (actual != stored.hash) return damaged(at, wrong_hash("mark", actual, stored.hash));
  if (stored.salt != salt)
    return damaged(at, fmt::format("mark of another segment (salt {:016x}, expected {:016x})", stored.salt, salt));
  if (stored.zero != 0) return unsupported(at, "mark with reserved bytes in use");
  if (stored.generation == 0 || mark_position(stored.generation) != slot)
    return damaged(at, fmt::format("mark of generation {} in the other's slot", stored.generation));
  if (!is_chain_position(stored.position))
    return damaged(at, fmt::format("mark of position {}, where no frame can begin", stored.position.value));
  return Mark{stored.generation,
              {stored.position, stored.chain, stored.next_offset, stored.last_sequence, stored.last_append_time,
               stored.owner_epoch, stored.log_start}};
}

std::optional<Mark> newest_mark(Bytes bytes, std::uint64_t salt) {
  std::optional<Mark> newest;
  for (const std::uint64_t slot : {kMarkPositionA, kMarkPositionB}) {
    if (bytes.size() < slot) break;
    const auto mark = decode_mark(bytes.subspan(slot), {slot}, salt);
    if (mark && (!newest || mark->generation > newest->generation)) newest = *mark;
  }
  return newest;
}

std::array<std::byte, kDirectoryFileBytes> encode_directory_file(const DirectoryId& id, const Features& features) {
  DirectoryFile stored;
  stored.features = features;
  stored.id = id;
  stored.hash = hash_of(image_of(stored).first(offsetof(DirectoryFile, hash)));
  std::array<std::byte, kDirectoryFileBytes> bytes;
  store(bytes.data(), stored);
  return bytes;
}

Checked<DirectoryFile> decode_directory_file(Bytes content) {
  if (content.size() < kDirectoryFileBytes) return cut(0, kDirectoryFileBytes);
  const auto stored = load<DirectoryFile>(content.data());
  if (stored.magic != kDirectoryMagic)
    return damaged(0,
                   fmt::format("no kappa directory (magic {:016x}, expected {:016x})", stored.magic, kDirectoryMagic));
  const std::uint64_t actual = hash_of(content.first(offsetof(DirectoryFile, hash)));
  if (actual != stored.hash) return damaged(0, wrong_hash("file", actual, stored.hash));
  if (stored.version != kDirectoryVersion) return unsupported(0, fmt::format("directory of format {}", stored.version));
  if (stored.zero != 0) return unsupported(0, "directory with reserved bytes in use");
  if (content.size() != kDirectoryFileBytes)
    return damaged(0, fmt::format("file of {} bytes, expected {}", content.size(), kDirectoryFileBytes));
  return stored;
}

Checked<void> check_features(const Features& features, Access access) {
  const std::uint64_t unknown = features.incompatible & ~kKnownIncompatible;
  if (unknown != 0) return unsupported(0, fmt::format("incompatible features {:#x}", unknown));
  const std::uint64_t unwritable = features.read_only_compatible & ~kKnownReadOnlyCompatible;
  if (unwritable != 0 && access == Access::read_write)
    return unsupported(0, fmt::format("writing with read-only-compatible features {:#x}", unwritable));
  return {};
}

}  // namespace kappa::log
