#pragma once
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>

#include "format/format.hpp"
#include "kappa/log/backup.hpp"
#include "kappa/log/repair.hpp"
#include "kappa/log/verify.hpp"
#include "log_fixture.hpp"

namespace kappa::test {

/// A directory of small segments whose files are damaged, and what repair makes of it, with a backup or without.
class Repair : public log::LogTest {
 protected:
  [[nodiscard]] std::filesystem::path backup() const { return data().parent_path() / "backup"; }
  [[nodiscard]] std::filesystem::path whole() const { return data().parent_path() / "whole"; }

  [[nodiscard]] std::unique_ptr<log::Directory> open_small() const {
    log::ProtocolOptions small;
    small.segment_bytes = 14'500;
    return open(small);
  }
  void fill(int from, int to) {
    const auto directory = open_small();
    for (int i = from; i < to; ++i)
      append(*directory, "a",
             {fmt::format("first of {} {}", i, std::string(400, 'a')), fmt::format("second of {}", i)});
    all_ = read(*directory, "a");
  }
  void back_up() {
    const auto report = log::back_up(*open_small(), backup());
    ASSERT_TRUE(report) << report.error().message;
  }
  [[nodiscard]] log::RepairReport repair(log::RepairMode mode) const {
    auto report = log::repair(data(), backup(), {.mode = mode});
    EXPECT_TRUE(report) << report.error().message;
    return report.value_or(log::RepairReport{});
  }
  /// Everything is as it was before any damage.
  [[nodiscard]] bool is_whole() const {
    const auto directory = open_small();
    if (!directory || read(*directory, "a") != all_) return false;
    const auto verified = log::verify_partition(*directory, topic(*directory, "a"), 0);
    return verified && verified->damages.empty() && directory->take_recovery_notes().empty();
  }
  [[nodiscard]] log::RepairReport repair_without(log::RepairMode mode) const {
    auto report = log::repair(data(), std::nullopt, {.mode = mode});
    EXPECT_TRUE(report) << report.error().message;
    return report.value_or(log::RepairReport{});
  }
  [[nodiscard]] std::size_t damages() const {
    const auto directory = open_read_only();
    return log::verify_partition(*directory, topic(*directory, "a"), 0)->damages.size();
  }
  void keep_whole() const { std::filesystem::copy(data(), whole(), std::filesystem::copy_options::recursive); }
  void put_back() const {
    std::filesystem::remove_all(data());
    std::filesystem::copy(whole(), data(), std::filesystem::copy_options::recursive);
  }
  static void flip(const std::filesystem::path& file, std::uint64_t position, std::size_t bytes = 1) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    std::string content(bytes, '\0');
    stream.seekg(static_cast<std::streamoff>(position));
    stream.read(content.data(), static_cast<std::streamsize>(bytes));
    for (char& byte : content) byte = static_cast<char>(byte ^ 0x20);
    stream.seekp(static_cast<std::streamoff>(position));
    stream.write(content.data(), static_cast<std::streamsize>(bytes));
  }
  static std::uint64_t frame_bytes(const std::filesystem::path& file, std::uint64_t position) {
    std::ifstream stream(file, std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(position));
    log::FrameHeader header;
    stream.read(reinterpret_cast<char*>(&header), sizeof header);
    return header.frame_bytes();
  }
  [[nodiscard]] std::filesystem::path segment(std::ptrdiff_t from_end) const {
    return files("a", ".seg").end()[-from_end];
  }

  std::vector<std::string> all_;
};

}  // namespace kappa::test
