// The manifest of a backup. Nothing random passes its hash, so half of the inputs get theirs put right first; others
// are manifests that were written, of numbers that the input names.
#include "backup/manifest.hpp"
#include "format/hash.hpp"
#include "fuzz.hpp"

namespace kappa::fuzz {
namespace {

using namespace log;

constexpr int kSegmentsMax = 20;

/// The lines as they are, and behind them the one that has their hash.
std::string put_right(std::string_view lines) {
  std::string text(lines);
  if (!text.ends_with('\n')) text += '\n';
  const std::uint64_t hash = hash_of(as_bytes(text));
  text += R"({"hash":")";
  for (const std::byte byte : image_of(hash)) text += fmt::format("{:02x}", static_cast<unsigned>(byte));
  return text + "\"}\n";
}

/// All of a segment becomes part of paths.
void check_segment(const BackupSegment& segment) {
  require(check_topic_name(segment.topic).has_value(), "a segment's topic can be part of a path", segment.topic);
  const auto named = BackupSegment::of_file_name(segment.file_name());
  require(named && named->id == segment.id && named->partition == segment.partition && named->base == segment.base &&
              named->chain == segment.chain && named->form == segment.form,
          "a file's name says what it was made of", segment.file_name());
}

void check_manifest(const Manifest& manifest) {
  require(!manifest.segments.empty(), "a backup has segments");
  for (const BackupSegment& segment : manifest.segments) check_segment(segment);
  static_cast<void>(directory_of(manifest));
  require(manifest.taken >= 0, "a backup was taken after 1970");
  const std::string text = encode_manifest(manifest);
  const auto again = decode_manifest(text);
  require(again.has_value(), "a manifest that was read can be written", again ? "" : again.error().message);
  require(encode_manifest(*again) == text, "a manifest that was written means the same", text);
}

void read(std::string_view text) {
  const auto manifest = decode_manifest(text);
  if (!manifest) {
    require(manifest.error().code == Errc::corruption || manifest.error().code == Errc::conflict,
            "a manifest is damaged or of a newer version", manifest.error().message);
    return;
  }
  check_manifest(*manifest);
}

BackupSegment take_segment(FuzzInput& take) {
  BackupSegment segment;
  segment.topic = take.take_text();
  segment.id = take.take<TopicId>();
  segment.partition = take.take<std::uint32_t>() % kPartitionsMax;
  segment.base = {take.take<std::uint64_t>()};
  segment.end = {take.take<std::uint64_t>()};
  segment.chain = take.take<std::uint64_t>();
  segment.form = (take.byte() & 1U) != 0 ? SegmentForm::sealed : SegmentForm::open;
  segment.bytes = take.take<std::uint64_t>();
  return segment;
}

/// What a backup writes is read as it was, unless a topic's name is none.
void write(FuzzInput take) {
  Manifest manifest;
  manifest.directory_file = take.take<std::array<std::byte, kDirectoryFileBytes>>();
  manifest.sequence = {take.take<std::uint64_t>()};
  manifest.taken = static_cast<Micros>(take.take<std::uint64_t>() >> 1U);
  bool named = true;
  while (!take.at_end() && manifest.segments.size() < kSegmentsMax) {
    manifest.segments.push_back(take_segment(take));
    named = named && check_topic_name(manifest.segments.back().topic).has_value();
  }
  const std::string text = encode_manifest(manifest);
  if (!named) return read(text);
  const auto again = decode_manifest(text);
  require(again.has_value() == !manifest.segments.empty(), "a manifest that was written can be read", text);
  if (!again) return;
  require(encode_manifest(*again) == text && again->taken == manifest.taken && again->sequence == manifest.sequence &&
              again->directory_file == manifest.directory_file,
          "a manifest that was written means the same", text);
  check_manifest(*again);
}

}  // namespace

void run(Bytes input) {
  FuzzInput take(input);
  const std::uint8_t how = take.byte();
  const std::string_view text = as_text(take.rest());
  if ((how & 3U) == 0) return read(text);
  if ((how & 3U) == 2) return write(take);
  read(put_right(text));
  // The names of whatever files are beside the manifest.
  if (const auto named = BackupSegment::of_file_name(text))
    require(named->file_name() == text, "a segment has one name", text);
}

}  // namespace kappa::fuzz
