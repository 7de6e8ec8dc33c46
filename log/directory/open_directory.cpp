// Opening. Every read-write process holds a shared lock on DIR/lock as long as it has the directory open. Who can take
// it exclusively is alone: it makes what is missing of a new directory, or recovers an old one, and then changes its
// lock to a shared one without letting go in between. Others that open meanwhile wait for the shared lock and find
// everything done. A death during the start gives the lock back, perhaps to those who wait: who has the shared lock and
// finds that no start was finished lets go and tries to be alone again.
//
// Of a new directory DIR/kappa comes last. So a directory without it was never whole, unless somebody removed the file;
// then there are topics besides `_catalog`, and nothing is touched.
//
// A read-only process takes no lock: it could only keep the next start from being alone.
#include <algorithm>
#include <array>
#include <filesystem>

#include "directory/cold_start.hpp"
#include "directory/log_directory.hpp"
#include "fmt/format.h"
#include "kappa/base/shell_quoted.hpp"
#include "kappa/log/repair_hint.hpp"

namespace kappa::log {
namespace {

constexpr std::chrono::seconds kStartMax{60};
constexpr int kJoinAttempts = 500;
constexpr std::uint64_t kJoinNapMaxNs = 2'000'000;

/// What a directory consists of, whole or half made, and what a fresh file system contains.
constexpr std::array<std::string_view, 8> kExpectedNames{"kappa",      "kappa.new", "lock",   "damaged",
                                                         "lost+found", "sequence",  "topics", "torn"};

/// A directory is made in an empty place only: a mistyped path is not littered, and no file there is taken for ours.
Result<void> check_empty(Seam& seam, const std::string& root) {
  auto names = seam.list(root);
  if (!names) return propagate(names);
  if (std::ranges::find(*names, Layout::kRestoring) != names->end()) return half_restored({root});
  for (const std::string& name : *names) {
    if (std::ranges::find(kExpectedNames, name) != kExpectedNames.end()) continue;
    return fail(Errc::conflict, fmt::format("{} is no kappa directory and not empty: it has {}", root, name),
                "name a new or an empty directory with --dir");
  }
  return {};
}

Result<DirectoryId> read_kappa_file(Seam& seam, const Layout& layout, Access access) {
  auto content = read_file(seam, layout.kappa_file());
  if (!content) return propagate(content);
  auto decoded = decode_directory_file(*content);
  if (!decoded) {
    Error error = fault_error(decoded.error(), layout.kappa_file());
    if (error.code == Errc::corruption)
      error.hint = fmt::format("nothing else can be read without it; {} makes it anew", repair_command(layout.root));
    return std::unexpected(std::move(error));
  }
  if (auto known = check_features(decoded->features, access); !known)
    return std::unexpected(fault_error(known.error(), layout.kappa_file()));
  return decoded->id;
}

/// Topics besides `_catalog` are none of a directory that is being made: somebody removed DIR/kappa.
Result<void> check_unused(Seam& seam, const Layout& layout) {
  auto names = seam.list(layout.topics());
  if (!names && names.error().code == Errc::not_found) return {};
  if (!names) return propagate(names);
  for (const std::string& name : *names)
    if (name != kCatalogTopic)
      return fail(Errc::corruption,
                  fmt::format("{} is missing, but there are topics ('{}')", layout.kappa_file(), name),
                  repair_command(layout.root) + " puts it back");
  return {};
}

bool has_file(Seam& seam, const std::string& path) {
  return seam.open(path, OpenMode::read).has_value();
}

std::unexpected<Error> no_directory(Seam& seam, const Layout& layout) {
  if (has_file(seam, layout.restoring_file())) return half_restored(layout);
  if (has_file(seam, layout.root + "/manifest"))
    return fail(Errc::not_found, fmt::format("{} is a backup, not a data directory", layout.root),
                fmt::format("kappa restore {} --dir DIR makes it one; --check reads it", shell_quoted(layout.root)));
  if (auto unused = check_unused(seam, layout); !unused) return propagate(unused);
  return fail(Errc::not_found, fmt::format("{} is no kappa directory", layout.root),
              "name one with --dir, or make it by appending: kappa append TOPIC FILE");
}

/// Makes everything a directory has besides DIR/kappa. The id is that of a `_catalog` which an earlier attempt made.
Result<DirectoryId> make_parts(Seam& seam, const Layout& layout, SequencePage& sequence,
                               const ProtocolOptions& protocol) {
  if (auto made = seam.make_directory(layout.topics()); !made) return propagate(made);
  if (auto unused = check_unused(seam, layout); !unused) return propagate(unused);
  const std::string directory = layout.partition(kCatalogTopic, 0);
  auto header = first_header(seam, directory);
  if (!header) return propagate(header);
  const DirectoryId id = *header ? (*header)->directory : DirectoryId{{seam.random(), seam.random()}};
  if (!*header) {
    const Environment environment{seam, sequence, Access::read_write, id, seam.pid(), protocol, nullptr, {}};
    if (auto made = seam.make_directory(layout.topic(kCatalogTopic)); !made) return propagate(made);
    const PartitionPlace place{directory, "_catalog/0", {{seam.random(), seam.random()}}, TopicKind::catalog, 0};
    if (auto created = create_partition(environment, place); !created) return propagate(created);
  }
  // Also for what an earlier attempt has made: it may have died before its syncs.
  for (const std::string& made : {directory, layout.topic(kCatalogTopic), layout.topics(), layout.root})
    if (auto synced = sync_directory(seam, made); !synced) return propagate(synced);
  return id;
}

Result<DirectoryId> initialise(Seam& seam, const Layout& layout, SequencePage& sequence,
                               const ProtocolOptions& protocol) {
  // Only now nobody can begin to restore into it.
  auto half = is_half_restored(seam, layout);
  if (!half) return propagate(half);
  if (*half) return half_restored(layout);
  if (auto synced = sync_parents(seam, layout.root); !synced) return propagate(synced);
  auto id = make_parts(seam, layout, sequence, protocol);
  if (!id) return id;
  const auto content = encode_directory_file(*id, {});
  if (auto replaced = replace_file(seam, layout.kappa_file(), content); !replaced) return propagate(replaced);
  return id;
}

/// What the caller of open_directory() asked for.
struct Opening {
  const OpenOptions& options;
  const ProtocolOptions& protocol;
};

struct Started {
  std::unique_ptr<LogDirectory> directory;
  std::vector<RecoveryNote> notes;
};

Result<Started> open_read_only(Seam& seam, const Layout& layout, const std::filesystem::path& path,
                               const Opening& opening) {
  auto id = read_kappa_file(seam, layout, Access::read_only);
  if (!id && id.error().code == Errc::not_found) return no_directory(seam, layout);
  if (!id) return propagate(id);
  auto sequence = SequencePage::open(seam, layout.sequence_file(), Access::read_only);
  if (!sequence) return propagate(sequence);
  OpenedDirectory opened{
      layout, seam, Access::read_only, opening.protocol, {}, std::move(*sequence), *id, opening.options.notice};
  return Started{std::make_unique<LogDirectory>(std::move(opened), path), {}};
}

/// With the lifetime lock held, shared or (alone) exclusively.
Result<Started> start(OpenedDirectory opened, const std::filesystem::path& path, bool create, bool alone) {
  Seam& seam = opened.seam;
  auto id = read_kappa_file(seam, opened.layout, Access::read_write);
  const bool missing = !id && id.error().code == Errc::not_found;
  if (missing && alone && create) id = initialise(seam, opened.layout, opened.sequence, opened.protocol);
  if (!id && missing && !create) return no_directory(seam, opened.layout);
  if (!id) return propagate(id);
  opened.id = *id;
  Layout layout = opened.layout;
  // Who made the directory may have died before the name of DIR/kappa was durable.
  if (alone)
    if (auto synced = sync_directory(seam, layout.root); !synced) return propagate(synced);
  Started started{std::make_unique<LogDirectory>(std::move(opened), path), {}};
  if (!alone) return started;
  auto notes = cold_start(started.directory->environment(), layout);
  if (!notes) return propagate(notes);
  started.notes = std::move(*notes);
  return started;
}

/// A directory whose lifetime lock is held: exclusively by who is alone, else beside others after a finished start.
struct Joined {
  File lifetime;
  SequencePage sequence;
  bool alone;
};

Result<Joined> join(Seam& seam, const Layout& layout) {
  auto lifetime = seam.open(layout.lock_file(), OpenMode::create);
  if (!lifetime) return propagate(lifetime);
  for (int attempt = 0; attempt < kJoinAttempts; ++attempt) {
    auto alone = seam.lock(*lifetime, LockMode::exclusive, {});
    if (!alone) return propagate(alone);
    auto locked = *alone ? alone : seam.lock(*lifetime, LockMode::shared, kStartMax);
    if (!locked) return propagate(locked);
    if (!*locked)
      return fail(Errc::io,
                  fmt::format("{}: another process has been starting for {} s", layout.root, kStartMax.count()),
                  "if that process is stopped, continue it (kill -CONT) or kill it");
    auto sequence = SequencePage::open(seam, layout.sequence_file(), Access::read_write);
    if (!sequence) return propagate(sequence);
    if (*alone || sequence->started()) return Joined{std::move(*lifetime), std::move(*sequence), *alone};
    // Others may have found the same; naps of different lengths let one of them be alone.
    seam.unlock(*lifetime);
    sequence->wait(sequence->wakeups(), std::chrono::nanoseconds(seam.random() % kJoinNapMaxNs));
  }
  return fail(Errc::conflict,
              fmt::format("{}: its file sequence was removed or replaced while the directory was in use", layout.root),
              "end every process that uses the directory, then start them again");
}

Result<Started> open_read_write(Seam& seam, const Layout& layout, const std::filesystem::path& path,
                                const Opening& opening) {
  const bool create = opening.options.create;
  // Looked at first, so that neither a mistyped path nor a directory of a newer format is littered with our files.
  auto before = read_kappa_file(seam, layout, Access::read_write);
  const bool missing = !before && before.error().code == Errc::not_found;
  if (!before && !missing) return propagate(before);
  if (missing && !create) return no_directory(seam, layout);
  if (missing)
    if (auto empty = check_empty(seam, layout.root); !empty) return propagate(empty);
  auto joined = join(seam, layout);
  if (!joined) return propagate(joined);
  OpenedDirectory opened{layout,
                         seam,
                         Access::read_write,
                         opening.protocol,
                         std::move(joined->lifetime),
                         std::move(joined->sequence),
                         {},
                         opening.options.notice};
  return start(std::move(opened), path, create, joined->alone);
}

}  // namespace

Result<std::unique_ptr<Directory>> open_directory(const std::filesystem::path& path, const OpenOptions& options,
                                                  const ProtocolOptions& protocol) {
  Seam& seam = options.seam != nullptr ? *options.seam : real_seam();
  const Layout layout{path.string()};
  const bool writes = options.access == Access::read_write;
  if (writes && options.create)
    if (auto made = make_directories(seam, path); !made) return propagate(made);
  if (auto checked = check_file_system(seam, layout.root); !checked) {
    if (checked.error().code == Errc::not_found) return no_directory(seam, layout);
    return propagate(checked);
  }
  const Opening opening{options, protocol};
  auto started = writes ? open_read_write(seam, layout, path, opening) : open_read_only(seam, layout, path, opening);
  if (!started) return propagate(started);
  if (auto running = started->directory->start(std::move(started->notes)); !running) return propagate(running);
  return std::unique_ptr<Directory>(std::move(started->directory));
}

Result<std::unique_ptr<Directory>> Directory::open(const std::filesystem::path& path, const OpenOptions& options) {
  return open_directory(path, options, {});
}

}  // namespace kappa::log
