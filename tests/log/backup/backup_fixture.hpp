#pragma once
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <functional>

#include "forwarding_seam.hpp"
#include "kappa/log/backup.hpp"
#include "kappa/log/verify.hpp"
#include "log_fixture.hpp"

namespace kappa::test {

inline constexpr std::uint64_t kSegmentBytes = 14'000;  ///< A few events.

/// Calls somebody before each file is opened.
class WatchedSeam final : public ForwardingSeam {
 public:
  Result<log::File> open(const std::string& path, log::OpenMode mode) override {
    if (before_open) before_open(path);
    return ForwardingSeam::open(path, mode);
  }
  std::function<void(const std::string&)> before_open;
};

/// A directory of small segments, its backup, and what is restored from it.
class Backup : public log::LogTest {
 protected:
  [[nodiscard]] std::filesystem::path backup() const { return data().parent_path() / "backup"; }
  [[nodiscard]] std::filesystem::path restored() const { return data().parent_path() / "restored"; }

  [[nodiscard]] std::unique_ptr<log::Directory> open_small(log::Seam* seam = nullptr) const {
    log::ProtocolOptions small;
    small.segment_bytes = kSegmentBytes;
    return open(small, seam);
  }
  static void fill(log::Directory& directory, const std::string& name, int events) {
    for (int i = 0; i < events; ++i) append(directory, name, {fmt::format("{} {} {}", name, i, random_text(700))});
  }
  static std::string random_text(std::size_t bytes) {
    static std::uint32_t seed = 1;
    std::string text;
    for (; text.size() < bytes; seed = seed * 1664525 + 1013904223) text.push_back(static_cast<char>('!' + seed % 90));
    return text;
  }
  Result<log::BackupReport> back_up(log::Directory& directory) { return log::back_up(directory, backup()); }
  log::BackupReport must_back_up(log::Directory& directory) {
    auto report = back_up(directory);
    EXPECT_TRUE(report) << report.error().message;
    return report.value_or(log::BackupReport{});
  }
  /// Restores anew, checks every byte of it, and opens it.
  std::unique_ptr<log::Directory> must_restore() {
    std::filesystem::remove_all(restored());
    auto report = log::restore(backup(), restored());
    EXPECT_TRUE(report) << report.error().message;
    auto opened = log::Directory::open(restored(), {});
    EXPECT_TRUE(opened) << opened.error().message;
    if (!opened) return nullptr;
    EXPECT_THAT((*opened)->take_recovery_notes(), testing::IsEmpty());
    auto topics = (*opened)->catalog().topics().value();
    topics.push_back((*opened)->catalog().find_topic(log::kCatalogTopic).value().value());
    for (const log::TopicInfo& topic : topics) {
      auto verified = log::verify_partition(**opened, topic, 0);
      EXPECT_TRUE(verified && verified->damages.empty()) << topic.name;
    }
    return std::move(*opened);
  }
  static void flip(const std::filesystem::path& file, std::int64_t position) {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekg(position);
    const auto byte = static_cast<char>(bytes.get() ^ 0x10);
    bytes.seekp(position);
    bytes.put(byte);
  }
  /// The backup's files that end like this.
  [[nodiscard]] std::vector<std::filesystem::path> stored(const std::string& ending = "") const {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(backup() / "segments"))
      if (entry.path().string().ends_with(ending)) found.push_back(entry.path());
    return found;
  }
};

}  // namespace kappa::test
