// Repair goes on where opening cannot: first DIR/kappa and the catalog, without which nothing else is known, as files
// alone; then, through the directory opened for reading, every partition that the catalog knows.
//
// Nobody may append meanwhile: the lock by which a start is alone is held throughout. Heads are rebuilt by the next
// start from what then stands in the files.
#include "kappa/log/repair.hpp"

#include <algorithm>

#include "backup/heal.hpp"
#include "backup/kept_aside.hpp"
#include "directory/log_directory.hpp"
#include "directory/verify_partition.hpp"
#include "fmt/format.h"
#include "kappa/base/shell_quoted.hpp"
#include "seam/unreadable.hpp"

namespace kappa::log {
namespace {

constexpr int kRecordsMax = 3;

class RepairRun {
 public:
  RepairRun(Seam& seam, Layout layout, const OpenBackup* backup, const RepairOptions& options)
      : options_(options),
        real_(seam),
        seam_(seam),
        healing_{seam_, std::move(layout), backup, options.mode, report_} {}

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
    if (auto healed = heal_and_record(); !healed) return propagate(healed);
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

  /// A gap is on record before it is made.
  [[nodiscard]] Result<void> heal_and_record() {
    const RepairReport before = report_;
    for (int i = 0; i < kRecordsMax; ++i) {
      report_ = before;
      if (auto healed = heal_topics(); !healed) return healed;
      if (healing_.mode == RepairMode::show || healing_.to_record.empty()) break;
      if (auto recorded = record(kGapRecorded, healing_.to_record); !recorded) return recorded;
    }
    return healing_.mode == RepairMode::apply ? record(kGapHealed, healing_.healed) : Result<void>{};
  }

  /// Gaps become events of the catalog. For that others may have the directory open: what they append is no part of
  /// what is damaged, and all is looked at again.
  [[nodiscard]] Result<void> record(std::string_view kind, std::vector<NamedGap>& gaps) {
    const std::vector<NamedGap> named = std::exchange(gaps, {});
    if (named.empty()) return {};
    lock_ = File{};
    {
      auto directory = open_directory(healing_.layout.root, {.seam = &real_}, {});
      if (!directory) return propagate(directory);
      std::vector<CatalogEvent> events;
      for (const NamedGap& one : named) events.push_back({std::string(kind), one.topic, gap_body(one.gap), {}});
      auto recorded = (*directory)->catalog().append(events, {});
      if (!recorded) return propagate(recorded);
    }
    return be_alone();
  }

  /// Recovers what is not damaged, so that heads and counter mean something to who only reads.
  [[nodiscard]] Result<void> start() {
    if (options_.mode == RepairMode::show) return {};
    lock_ = File{};
    {
      auto started = open_directory(healing_.layout.root, {.seam = &real_}, {});
      if (!started) return propagate(started);
    }
    return be_alone();
  }

  [[nodiscard]] Result<void> heal_kappa_file() {
    const std::string path = healing_.layout.kappa_file();
    auto content = read_file(healing_.seam, path);
    if (!content && content.error().code != Errc::not_found) return propagate(content);
    auto id = identity_in_backup();
    if (!id) return propagate(id);
    if (content) {
      const auto decoded = decode_directory_file(*content);
      if (!decoded && decoded.error().kind == FaultKind::unsupported)
        return std::unexpected(fault_error(decoded.error(), path));
      if (decoded)
        if (const auto known = check_features(decoded->features, Access::read_write); !known)
          return std::unexpected(fault_error(known.error(), path));
      if (decoded) return !*id || decoded->id == **id ? Result<void>{} : another_directory();
    }
    auto header = first_header(healing_.seam, catalog_directory());
    const bool known = header && *header;
    if (known && *id && (*header)->directory != **id) return another_directory();
    DamagedRange range{
        "", 0, path, 0, kDirectoryFileBytes, {}, std::nullopt, "made anew: the segments name its content"};
    if (*id) range.what = "as the backup has it";
    if (!known) {
      range.what = "no segment of the catalog tells whose directory this is";
      report_.lost.push_back(std::move(range));
      return {};
    }
    report_.healed.push_back(std::move(range));
    if (options_.mode == RepairMode::show) return {};
    if (content)
      if (auto kept = keep_aside(healing_, path, "kappa"); !kept) return kept;
    return replace_file(
        healing_.seam, path,
        *id ? healing_.backup->manifest.directory_file : encode_directory_file((*header)->directory, {}));
  }

  [[nodiscard]] Result<std::optional<DirectoryId>> identity_in_backup() const {
    if (healing_.backup == nullptr) return std::nullopt;
    const auto id = directory_of(healing_.backup->manifest);
    if (!id) return std::unexpected(id.error());
    return *id;
  }

  [[nodiscard]] std::unexpected<Error> another_directory() const {
    return fail(Errc::conflict, fmt::format("{} is a backup of another directory than {}", healing_.backup->place.root,
                                            healing_.layout.root));
  }
  [[nodiscard]] std::string catalog_directory() const { return healing_.layout.partition(kCatalogTopic, 0); }

  [[nodiscard]] Result<void> heal_catalog() {
    ExpectedPartition expected;
    expected.directory = catalog_directory();
    if (healing_.backup != nullptr) {
      expected.topic = healing_.backup->manifest.segments.front().id;
      return heal_partition(healing_, std::string(kCatalogTopic), expected);
    }
    auto header = first_header(healing_.seam, expected.directory);
    if (!header && header.error().code != Errc::corruption) return propagate(header);
    if (header && *header) {
      expected.topic = (*header)->topic;
      return heal_partition(healing_, std::string(kCatalogTopic), expected);
    }
    report_.lost.push_back({std::string(kCatalogTopic),
                            0,
                            expected.directory,
                            0,
                            0,
                            {},
                            std::nullopt,
                            "no segment of the catalog is whole at its beginning, so nothing tells what topics there "
                            "were; only a backup helps"});
    return {};
  }

  [[nodiscard]] Result<void> heal_topics() {
    auto directory = open_directory(healing_.layout.root, {.access = Access::read_only, .seam = &real_}, {});
    if (!directory) return propagate(directory);
    auto& log = dynamic_cast<LogDirectory&>(**directory);
    auto topics = log.catalog().topics();
    if (!topics) return propagate(topics);
    for (const std::string& name : options_.topics)
      if (name != kCatalogTopic && std::ranges::find(*topics, name, &TopicInfo::name) == topics->end())
        return fail(Errc::not_found, fmt::format("no topic or view {} in {}", name, healing_.layout.root),
                    "kappa topic list");
    auto compactions = log.log_catalog().compactions();
    if (!compactions) return propagate(compactions);
    if (healing_.backup != nullptr)
      std::erase_if(*compactions, [&](const auto& one) {
        return one.finished && *one.finished <= healing_.backup->manifest.sequence;
      });
    healing_.compactions = std::move(*compactions);
    for (const TopicInfo& topic : *topics) {
      const bool chosen =
          options_.topics.empty() || std::ranges::find(options_.topics, topic.name) != options_.topics.end();
      for (std::uint32_t number = 0; chosen && number < topic.partitions; ++number) {
        auto expected = expected_partition(log, topic, number);
        if (!expected) return propagate(expected);
        if (auto healed = heal_one(log, topic.name, *expected); !healed) return healed;
      }
    }
    return {};
  }

  [[nodiscard]] Result<void> heal_one(LogDirectory& log, const std::string& topic, const ExpectedPartition& expected) {
    auto gaps = log.log_catalog().gaps(expected.topic, expected.partition);
    if (!gaps) return propagate(gaps);
    healing_.recorded = {gaps->begin(), gaps->end()};
    if (auto healed = heal_partition(healing_, topic, expected); !healed) return healed;
    if (gaps->empty() || healing_.mode == RepairMode::show) return {};
    auto verified = verify_segments(healing_.seam, expected, nullptr);
    if (!verified) return propagate(verified);
    if (!verified->damages.empty()) return {};
    for (const GapRecord& gap : *gaps) {
      const bool there = std::ranges::any_of(verified->gaps, [&](const Gap& one) {
        return one.begin <= gap.begin && gap.end <= one.end && one.position <= gap.position;
      });
      if (!there && gap.begin >= expected.log_start) healing_.healed.push_back({topic, gap});
    }
    return {};
  }

  const RepairOptions& options_;
  Seam& real_;               ///< Recovers, and so must not take what it cannot read for a torn tail.
  UnreadableAsDamage seam_;  ///< Looks for damage, and replaces it.
  RepairReport report_;
  Healing healing_;
  File lock_;
};

}  // namespace

Result<RepairReport> repair(const std::filesystem::path& directory, const std::optional<std::filesystem::path>& backup,
                            const RepairOptions& options) {
  Seam& seam = options.seam != nullptr ? *options.seam : real_seam();
  std::optional<OpenBackup> opened;
  if (backup) {
    auto there = open_backup(seam, backup->string());
    if (!there) return propagate(there);
    opened = std::move(*there);
  }
  const Layout layout{directory.string()};
  auto half = is_half_restored(seam, layout);
  if (!half) return propagate(half);
  if (*half) return half_restored(layout);
  if (auto there = seam.list(layout.topics()); !there) {
    if (there.error().code != Errc::not_found) return propagate(there);
    return fail(Errc::not_found, fmt::format("{} is no kappa directory", layout.root),
                backup
                    ? fmt::format("kappa restore {} --dir DIR makes one of the backup", shell_quoted(backup->string()))
                    : std::string("name one with --dir"));
  }
  return RepairRun(seam, layout, opened ? &*opened : nullptr, options).run();
}

}  // namespace kappa::log
