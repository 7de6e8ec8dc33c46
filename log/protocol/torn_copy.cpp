// A torn tail is wiped only once a copy of it is durable. A wipe that was cut off leaves a tail at the same place of
// which a part is zeros, and a later crash may tear another one there: neither may take the place of the first copy. So
// a copy gets its name once it is whole and synced, and a name that other bytes have is passed over. A copy that was
// not finished has a name of its own, which the next attempt takes again, so that they do not pile up on a full disk.
#include "protocol/torn_copy.hpp"

#include <algorithm>
#include <filesystem>

#include "fmt/format.h"
#include "format/buffer.hpp"

namespace kappa::log {
namespace {

constexpr std::size_t kCopyBytes = 1 << 20;
enum class Name { free, of_this, of_another };

/// Reads at most so many bytes of a file.
Result<Bytes> read_some(Seam& seam, const File& file, std::uint64_t position, std::uint64_t bytes, Buffer& buffer) {
  const auto some = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, kCopyBytes));
  auto got = seam.read(file, position, {buffer.reserve(some), some});
  if (!got) return propagate(got);
  return Bytes(buffer.data(), *got);
}

Result<bool> is_copy(Seam& seam, const File& copy, const File& file, const RecoveryNote& note) {
  auto size = seam.size(copy);
  if (!size) return propagate(size);
  if (*size != note.bytes) return false;
  Buffer left;
  Buffer right;
  for (std::uint64_t done = 0; done < note.bytes;) {
    auto torn = read_some(seam, file, note.position + done, note.bytes - done, left);
    if (!torn) return propagate(torn);
    auto copied = read_some(seam, copy, done, note.bytes - done, right);
    if (!copied) return propagate(copied);
    if (torn->empty() || !std::ranges::equal(*torn, *copied)) return false;
    done += torn->size();
  }
  return true;
}

Result<Name> look_at_name(Seam& seam, const File& file, const RecoveryNote& note) {
  auto there = seam.open(note.kept_aside, OpenMode::read);
  if (!there && there.error().code == Errc::not_found) return Name::free;
  if (!there) return propagate(there);
  auto same = is_copy(seam, *there, file, note);
  if (!same) return propagate(same);
  return *same ? Name::of_this : Name::of_another;
}

Result<void> copy_to(Seam& seam, const std::string& path, const File& file, const RecoveryNote& note) {
  auto copy = seam.open(path, OpenMode::create);
  if (!copy) return propagate(copy);
  if (auto emptied = seam.truncate(*copy, 0); !emptied) return emptied;
  Buffer buffer;
  for (std::uint64_t done = 0; done < note.bytes;) {
    auto torn = read_some(seam, file, note.position + done, note.bytes - done, buffer);
    if (!torn) return propagate(torn);
    if (torn->empty()) break;
    const Bytes parts[] = {*torn};
    if (auto written = seam.write(*copy, done, parts); !written) return written;
    done += torn->size();
  }
  return seam.sync(*copy);
}

}  // namespace

Result<RecoveryNote> copy_torn_tail(Seam& seam, const Tail& tail, const std::string& label,
                                    const std::string& directory) {
  const File& file = tail.segment->file;
  const std::uint64_t begin = tail.end.position.value;
  std::string name = label;
  std::ranges::replace(name, '/', '-');
  name = fmt::format("{}/{}-{:020}-{}", directory, name, tail.segment->base().value, begin);
  RecoveryNote note{file.path(), begin, tail.stop_end - begin, name + ".torn"};
  if (auto made = seam.make_directory(directory); !made) return propagate(made);
  // Or the copy could be lost with the directory it is in, after what it is a copy of has been wiped.
  const std::string parent = std::filesystem::path(directory).parent_path().string();
  if (auto synced = sync_directory(seam, parent); !synced) return propagate(synced);
  auto state = look_at_name(seam, file, note);
  for (int i = 2; state && *state == Name::of_another; ++i) {
    note.kept_aside = fmt::format("{}.{}.torn", name, i);
    state = look_at_name(seam, file, note);
  }
  if (!state) return propagate(state);
  if (*state == Name::free) {
    const std::string unfinished = name + ".copying";
    if (auto copied = copy_to(seam, unfinished, file, note); !copied) return propagate(copied);
    if (auto named = seam.rename(unfinished, note.kept_aside); !named) return propagate(named);
  }
  if (auto synced = sync_directory(seam, directory); !synced) return propagate(synced);
  return note;
}

}  // namespace kappa::log
