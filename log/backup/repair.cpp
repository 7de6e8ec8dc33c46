// Repair goes on where opening cannot: first DIR/kappa and the catalog, without which nothing else is known, as files
// alone; then, through the directory opened for reading, every partition that the catalog knows.
//
// Nobody may append meanwhile: the lock by which a start is alone is held throughout. Heads are rebuilt by the next
// start from what then stands in the files.
#include "kappa/log/repair.hpp"

#include <algorithm>

#include "backup/heal.hpp"
#include "directory/log_directory.hpp"
#include "directory/verify_partition.hpp"
#include "fmt/format.h"
#include "kappa/base/shell_quoted.hpp"

namespace kappa::log {
namespace {

class RepairRun {
 public:
  RepairRun(Seam& seam, Layout layout, OpenBackup& backup, const RepairOptions& options)
      : options_(options), healing_{seam, std::move(layout), backup, options.mode, report_} {}

  [[nodiscard]] Result<RepairReport> run() {
    if (auto alone = be_alone(); !alone) return propagate(alone);
    if (auto healed = heal_kappa_file(); !healed) return propagate(healed);
    if (auto healed = heal_catalog(); !healed) return propagate(healed);
    const bool hidden = !report_.lost.empty() || (!report_.healed.empty() && options_.mode == RepairMode::show);
    if (hidden) {
      report_.topics_unknown = true;
      return std::move(report_);
    }
    if (auto started = start(); !started) return propagate(started);
    if (auto healed = heal_topics(); !healed) return propagate(healed);
    return std::move(report_);
  }

 private:
  [[nodiscard]] Result<void> be_alone() {
    if (options_.mode == RepairMode::show) return {};
    auto alone = open_locked(healing_.seam, healing_.layout.lock_file(), OpenMode::create, LockMode::exclusive);
    if (!alone) return propagate(alone);
    if (!*alone)
      return fail(Errc::conflict, fmt::format("{}: other processes have it open", healing_.layout.root),
                  "end every append, run and tail that uses the directory, then try again");
    lock_ = std::move(**alone);
    return {};
  }

  /// Recovers what is not damaged, so that heads and counter mean something to who only reads.
  [[nodiscard]] Result<void> start() {
    if (options_.mode == RepairMode::show) return {};
    lock_ = File{};
    {
      auto started = open_directory(healing_.layout.root, {.seam = &healing_.seam}, {});
      if (!started) return propagate(started);
    }
    return be_alone();
  }

  [[nodiscard]] Result<void> heal_kappa_file() {
    const std::string path = healing_.layout.kappa_file();
    auto content = read_file(healing_.seam, path);
    if (!content && content.error().code != Errc::not_found) return propagate(content);
    const auto id = directory_of(healing_.backup.manifest);
    if (!id) return std::unexpected(id.error());
    if (content) {
      const auto decoded = decode_directory_file(*content);
      if (!decoded && decoded.error().kind == FaultKind::unsupported)
        return std::unexpected(fault_error(decoded.error(), path));
      if (decoded)
        if (const auto known = check_features(decoded->features, Access::read_write); !known)
          return std::unexpected(fault_error(known.error(), path));
      if (decoded) return decoded->id == *id ? Result<void>{} : another_directory();
    }
    auto header = first_header(healing_.seam, catalog_directory());
    if (header && *header && (*header)->directory != *id) return another_directory();
    DamagedRange range{"", 0, path, 0, kDirectoryFileBytes, {}, std::nullopt, "as the backup has it"};
    if (!header || !*header) {
      range.what = "no segment of the catalog tells whose directory this is";
      report_.lost.push_back(std::move(range));
      return {};
    }
    report_.healed.push_back(std::move(range));
    if (options_.mode == RepairMode::show) return {};
    if (content)
      if (auto kept = keep_aside(healing_, path, "kappa"); !kept) return kept;
    return replace_file(healing_.seam, path, healing_.backup.manifest.directory_file);
  }

  [[nodiscard]] std::unexpected<Error> another_directory() const {
    return fail(Errc::conflict, fmt::format("{} is a backup of another directory than {}", healing_.backup.place.root,
                                            healing_.layout.root));
  }
  [[nodiscard]] std::string catalog_directory() const { return healing_.layout.partition(kCatalogTopic, 0); }

  [[nodiscard]] Result<void> heal_catalog() {
    ExpectedPartition expected;
    expected.directory = catalog_directory();
    expected.topic = healing_.backup.manifest.segments.front().id;
    return heal_partition(healing_, std::string(kCatalogTopic), expected);
  }

  [[nodiscard]] Result<void> heal_topics() {
    auto directory = open_directory(healing_.layout.root, {.access = Access::read_only, .seam = &healing_.seam}, {});
    if (!directory) return propagate(directory);
    auto& log = dynamic_cast<LogDirectory&>(**directory);
    auto topics = log.catalog().topics();
    if (!topics) return propagate(topics);
    for (const std::string& name : options_.topics)
      if (name != kCatalogTopic && std::ranges::find(*topics, name, &TopicInfo::name) == topics->end())
        return fail(Errc::not_found, fmt::format("no topic or view {} in {}", name, healing_.layout.root),
                    "kappa topic list");
    for (const TopicInfo& topic : *topics) {
      const bool chosen =
          options_.topics.empty() || std::ranges::find(options_.topics, topic.name) != options_.topics.end();
      for (std::uint32_t number = 0; chosen && number < topic.partitions; ++number) {
        auto expected = expected_partition(log, topic, number);
        if (!expected) return propagate(expected);
        if (auto healed = heal_partition(healing_, topic.name, *expected); !healed) return healed;
      }
    }
    return {};
  }

  const RepairOptions& options_;
  RepairReport report_;
  Healing healing_;
  File lock_;
};

}  // namespace

Result<RepairReport> repair(const std::filesystem::path& directory, const std::filesystem::path& backup,
                            const RepairOptions& options) {
  Seam& seam = options.seam != nullptr ? *options.seam : real_seam();
  auto opened = open_backup(seam, backup.string());
  if (!opened) return propagate(opened);
  const Layout layout{directory.string()};
  auto half = is_half_restored(seam, layout);
  if (!half) return propagate(half);
  if (*half) return half_restored(layout);
  if (auto there = seam.list(layout.topics()); !there) {
    if (there.error().code != Errc::not_found) return propagate(there);
    return fail(Errc::not_found, fmt::format("{} is no kappa directory", layout.root),
                fmt::format("kappa restore {} --dir DIR makes one of the backup", shell_quoted(backup.string())));
  }
  return RepairRun(seam, layout, *opened, options).run();
}

}  // namespace kappa::log
