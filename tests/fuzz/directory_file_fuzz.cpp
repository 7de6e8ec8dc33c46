// The file DIR/kappa. Three of four inputs get their magic and hash put right first, two of them the rest, too, so that
// only features and identity are the input's own.
#include "format/hash.hpp"
#include "format/segment_header.hpp"
#include "fuzz.hpp"

namespace kappa::fuzz {
namespace {

using namespace log;

void put_right(std::vector<std::byte>& content, bool all) {
  content.resize(all ? kDirectoryFileBytes : std::max<std::size_t>(content.size(), kDirectoryFileBytes));
  auto stored = load<DirectoryFile>(content.data());
  stored.magic = kDirectoryMagic;
  if (all) stored.version = kDirectoryVersion;
  if (all) stored.zero = 0;
  stored.hash = hash_of(image_of(stored).first(offsetof(DirectoryFile, hash)));
  store(content.data(), stored);
}

}  // namespace

void run(Bytes input) {
  FuzzInput take(input);
  const std::uint8_t how = take.byte();
  std::vector<std::byte> content(take.rest().begin(), take.rest().end());
  const bool all = (how & 2U) != 0;
  if ((how & 3U) != 0) put_right(content, all);
  const auto decoded = decode_directory_file(content);
  require(decoded.has_value() || !all, "a directory's file with all put right is one");
  if (!decoded && decoded.error().kind == FaultKind::cut)
    require(decoded.error().need > content.size(), "a file that is cut off needs more bytes than there are");
  if (!decoded) return;
  require(std::ranges::equal(encode_directory_file(decoded->id, decoded->features), content),
          "a directory's file is encoded as it was");
  const bool readable = check_features(decoded->features, Access::read_only).has_value();
  const bool writable = check_features(decoded->features, Access::read_write).has_value();
  require(readable || !writable, "what may be written may be read");
}

}  // namespace kappa::fuzz
