// Sealing a segment that was left. Nobody waits for it and nobody depends on it: a reader without a footer scans. So it
// takes no lock that an append could meet, and any process may do it, or die in it, at any time.
//
// The footer is computed from the frames and goes where they end, over zeros that were allocated and never used. It is
// synced before the file is cut to its length, so a file that ends in a footer has all of it. Until then the file ends
// in zeros, or before the footer does, and whoever comes next writes the same bytes again.
#include "segment/seal.hpp"

#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "protocol/frame_window.hpp"
#include "protocol/segment_file.hpp"

namespace kappa::log {
namespace {

Result<Footer> gather_footer(Seam& seam, const SharedSegment& segment, const SegmentHeader& successor) {
  FooterBuilder builder(segment->start);
  FrameWindow window(seam, segment);
  while (builder.point().position < successor.previous_end) {
    auto head = window.head(builder.point(), successor.previous_end.value);
    if (!head) return propagate(head);
    if (!*head) return std::unexpected(fault_error(head->error(), segment->file.path()));
    builder.add(**head);
  }
  if (builder.point().position != successor.previous_end || builder.point().chain != successor.previous_chain)
    return fail(Errc::corruption,
                fmt::format("{}: ends at byte {} with {:016x}, but its successor follows byte {} with {:016x}",
                            segment->file.path(), builder.point().position.value, builder.point().chain,
                            successor.previous_end.value, successor.previous_chain),
                "`kappa verify` shows the extent of the damage");
  return builder.finish();
}

Result<void> write_footer(Seam& seam, const File& file, const Footer& footer) {
  const std::vector<std::byte> bytes = encode_footer(footer);
  const std::uint64_t at = footer.header.end.value;
  const std::array<Bytes, 1> parts = {bytes};
  if (auto written = seam.write(file, at, parts); !written) return written;
  if (auto synced = seam.sync_data(file); !synced) return synced;
  if (auto shortened = seam.truncate(file, at + bytes.size()); !shortened) return shortened;
  return seam.sync(file);
}

}  // namespace

Result<std::optional<Footer>> read_footer(Seam& seam, const File& file, std::uint64_t salt) {
  auto size = seam.size(file);
  if (!size) return propagate(size);
  if (*size < kFirstFramePosition + kFooterTailBytes) return std::nullopt;
  std::array<std::byte, kFooterTailBytes> tail;
  auto got = seam.read(file, *size - tail.size(), tail);
  if (!got) return propagate(got);
  const auto length = decode_footer_tail(Bytes(tail).first(*got), *size);
  if (!length) return std::nullopt;
  std::vector<std::byte> bytes(*length);
  const Position position{*size - bytes.size()};
  got = seam.read(file, position.value, bytes);
  if (!got) return propagate(got);
  auto footer = decode_footer(Bytes(bytes).first(*got), position, salt);
  if (footer) return std::move(*footer);
  if (footer.error().kind == FaultKind::unsupported) return std::unexpected(fault_error(footer.error(), file.path()));
  return std::nullopt;
}

Result<SealOutcome> seal_segment(Seam& seam, const std::string& path, const SegmentHeader& successor) {
  auto segment = open_segment_file(seam, path, Access::read_write);
  if (!segment) return propagate(segment);
  const File& file = (*segment)->file;
  auto locked = seam.lock(file, LockMode::exclusive, std::chrono::nanoseconds{0});
  if (!locked) return propagate(locked);
  if (!*locked) return SealOutcome::busy;
  auto present = read_footer(seam, file, (*segment)->salt());
  if (!present) return propagate(present);
  if (*present) return SealOutcome::already_sealed;
  auto footer = gather_footer(seam, *segment, successor);
  if (!footer) return propagate(footer);
  // A footer says that there is a successor. Whoever made that one may have failed before its name was durable.
  if (auto synced = sync_directory(seam, std::filesystem::path(path).parent_path().string()); !synced)
    return propagate(synced);
  if (auto written = write_footer(seam, file, *footer); !written) return propagate(written);
  return SealOutcome::sealed;
}

Result<std::uint32_t> seal_left_segments(Seam& seam, const std::string& directory) {
  auto bases = list_segments(seam, directory);
  if (!bases) return propagate(bases);
  std::uint32_t sealed = 0;
  for (std::size_t i = bases->size(); i-- > 1;) {
    auto successor = open_segment(seam, directory, (*bases)[i], Access::read_only);
    if (!successor && successor.error().code == Errc::not_found) continue;
    if (!successor) return propagate(successor);
    auto outcome = seal_segment(seam, segment_path(directory, (*bases)[i - 1]), (*successor)->start.header);
    if (!outcome && outcome.error().code == Errc::not_found) continue;
    if (!outcome) return propagate(outcome);
    if (*outcome == SealOutcome::already_sealed) break;
    if (*outcome == SealOutcome::sealed) ++sealed;
  }
  return sealed;
}

}  // namespace kappa::log
