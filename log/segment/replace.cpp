// A segment that has a successor never changes in place, but its file may give way to another that holds less, or holds
// the same in another form. The successor is not touched: it goes on naming the end and the hash of the original, and
// the footer of the new file repeats them beside its own. So the footer, elsewhere a hint that can be computed again,
// is evidence here.
//
// The segment's header stays what it was, the salt that its frames carry and the link to the segment before, but for a
// random number that makes its hash another one. With that hash the chain begins: so no frame of the old file follows
// any frame of the new one, should a write to the new file be lost and leave what was on the disk before.
#include "segment/replace.hpp"

#include <filesystem>

#include "fmt/format.h"
#include "segment/seal.hpp"

namespace kappa::log {
namespace {

bool is_original_of(const FooterHeader& footer, const SegmentHeader& successor) {
  return footer.original_end == successor.previous_end && footer.original_chain == successor.previous_chain;
}

bool is_own(const std::optional<Footer>& footer, const SegmentFile& segment) {
  return !footer || is_of_file(footer->header, segment.start.header);
}

std::unexpected<Error> unfit(const std::string& path, std::string_view why) {
  return fail(Errc::corruption, fmt::format("{}: it cannot take the segment's place: {}", path, why));
}

Result<void> check_replacement(Seam& seam, const SegmentFile& old, const SegmentFile& made,
                               const SegmentHeader& successor) {
  if (!is_same_segment(made.start.header, old.start.header)) return unfit(made.file.path(), "it has another header");
  auto footer = read_footer(seam, made.file, made.salt());
  if (!footer) return propagate(footer);
  if (!*footer) return unfit(made.file.path(), "it has no footer");
  const FooterHeader& header = (*footer)->header;
  const FooterHeader original = original_of(successor);
  if (!is_of_file(header, made.start.header)) return unfit(made.file.path(), "its footer is another file's");
  if (!is_original_of(header, successor)) return unfit(made.file.path(), "the next segment follows another end");
  if (header.end_offset != original.end_offset || header.last_sequence != original.last_sequence ||
      header.last_append_time != original.last_append_time || header.owner_epoch != original.owner_epoch)
    return unfit(made.file.path(), "it ends at another offset, sequence, time or owner epoch");
  auto mark = read_newest_mark(seam, made);
  if (!mark) return propagate(mark);
  if (!*mark || (*mark)->point.position != header.end || (*mark)->point.chain != header.chain)
    return unfit(made.file.path(), "its mark is not at its end");
  return {};
}

}  // namespace

Result<bool> has_own_header(Seam& seam, const SegmentFile& segment) {
  auto footer = read_footer(seam, segment.file, segment.salt());
  if (!footer) return propagate(footer);
  return is_own(*footer, segment);
}

Result<std::optional<FooterHeader>> replaced_footer(Seam& seam, const SegmentFile& segment) {
  auto footer = read_footer(seam, segment.file, segment.salt());
  if (!footer) return propagate(footer);
  if (!is_own(*footer, segment))
    return fail(Errc::corruption,
                fmt::format("{}: header and footer are those of two files that had this name", segment.file.path()),
                "`kappa verify` shows the extent of the damage; `kappa repair` makes the header anew");
  return *footer && is_replaced((*footer)->header) ? std::optional((*footer)->header) : std::nullopt;
}

Result<SealedEnd> sealed_end(Seam& seam, const SegmentFile& segment, const SegmentHeader& successor) {
  auto footer = replaced_footer(seam, segment);
  if (!footer) return propagate(footer);
  if (*footer && is_original_of(**footer, successor)) return SealedEnd{(*footer)->end, (*footer)->chain, **footer};
  return SealedEnd{successor.previous_end, successor.previous_chain, {}};
}

FooterHeader original_of(const SegmentHeader& successor) {
  FooterHeader original;
  original.original_end = successor.previous_end;
  original.original_chain = successor.previous_chain;
  original.end_offset = successor.base_offset;
  original.last_sequence = successor.previous_last_sequence;
  original.last_append_time = successor.previous_last_append_time;
  original.owner_epoch = successor.owner_epoch;
  return original;
}

Result<bool> replace_segment(Seam& seam, const std::string& path, const SegmentHeader& successor) {
  const std::string unfinished = path + ".new";
  auto old = open_segment_file(seam, path, Access::read_write);
  if (!old) return propagate(old);
  auto locked = seam.lock((*old)->file, LockMode::exclusive, std::chrono::nanoseconds{0});
  if (!locked) return propagate(locked);
  // Who waited for the lock may hold that of a file that was replaced meanwhile.
  if (!*locked || !seam.linked((*old)->file)) return false;
  auto made = open_segment_file(seam, unfinished, Access::read_write);
  if (!made) return propagate(made);
  if (auto fits = check_replacement(seam, **old, **made, successor); !fits) return propagate(fits);
  if (auto same = seam.copy_access((*old)->file, (*made)->file); !same) return propagate(same);
  if (auto synced = seam.sync((*made)->file); !synced) return propagate(synced);
  if (auto renamed = seam.rename(unfinished, path); !renamed) return propagate(renamed);
  if (auto synced = sync_directory(seam, std::filesystem::path(path).parent_path().string()); !synced)
    return propagate(synced);
  return true;
}

}  // namespace kappa::log
