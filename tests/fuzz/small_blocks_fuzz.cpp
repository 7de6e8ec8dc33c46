// The blocks with a hash of their own: a segment's header, marks, the directory's file. Half of the inputs get their
// hash put right first. What decodes is encoded again to the same bytes.
#include "format/hash.hpp"
#include "format/segment_header.hpp"
#include "fuzz.hpp"

namespace kappa::fuzz {
namespace {

using namespace log;

constexpr std::uint64_t kSalt = 0x1c;

void put_hash(std::vector<std::byte>& bytes, std::size_t at) {
  store(bytes.data() + at, hash_of(Bytes(bytes).first(at)));
}

std::vector<std::byte> of_size(Bytes input, std::size_t bytes, std::uint64_t magic, bool right, std::size_t hash_at) {
  std::vector<std::byte> block(input.begin(), input.end());
  if (!right) return block;
  block.resize(bytes);
  store(block.data(), magic);
  put_hash(block, hash_at);
  return block;
}

void segment_header(Bytes input, bool right) {
  const auto block = of_size(input, kBlockBytes, kSegmentMagic, right, kSegmentHeaderHashPosition);
  const auto start = decode_segment_header(block);
  if (!start) return;
  static_cast<void>(start->chain());
  const Block again = encode_segment_header(start->header);
  require(std::ranges::equal(again, Bytes(block).first(kBlockBytes)), "a segment's header is encoded as it was");
}

void mark(Bytes input, bool right) {
  auto bytes = of_size(input, kMarkBytes, kMarkMagic, right, offsetof(StoredMark, hash));
  if (right) {
    store(bytes.data() + offsetof(StoredMark, salt), kSalt);
    put_hash(bytes, offsetof(StoredMark, hash));
  }
  if (bytes.size() < kMarkBytes) return;
  for (const std::uint64_t slot : {kMarkPositionA, kMarkPositionB}) {
    const auto decoded = decode_mark(bytes, {slot}, kSalt);
    if (!decoded) continue;
    const MarkBytes again = encode_mark(*decoded, kSalt);
    require(std::ranges::equal(again, Bytes(bytes).first(kMarkBytes)), "a mark is encoded as it was");
  }
  std::vector<std::byte> blocks(kFirstFramePosition);
  std::ranges::copy(Bytes(bytes).first(kMarkBytes), blocks.begin() + kMarkPositionA);
  static_cast<void>(newest_mark(blocks, kSalt));
}

void directory_file(Bytes input, bool right) {
  const auto bytes = of_size(input, kDirectoryFileBytes, kDirectoryMagic, right, offsetof(DirectoryFile, hash));
  const auto file = decode_directory_file(bytes);
  if (!file) return;
  static_cast<void>(check_features(file->features, Access::read_only));
  static_cast<void>(check_features(file->features, Access::read_write));
  const auto again = encode_directory_file(file->id, file->features);
  require(std::ranges::equal(again, bytes), "a directory's file is encoded as it was");
}

}  // namespace

void run(Bytes input) {
  FuzzInput take(input);
  const std::uint8_t how = take.byte();
  const bool right = (how & 1U) != 0;
  segment_header(take.rest(), right);
  mark(take.rest(), right);
  directory_file(take.rest(), right);
}

}  // namespace kappa::fuzz
