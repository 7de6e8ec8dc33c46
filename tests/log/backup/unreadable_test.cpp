// A sector that cannot be read is damage of its range, as one with other bytes is, and not the end of what looks for
// it.
#include "forwarding_seam.hpp"
#include "repair_fixture.hpp"
#include "seam/seam.hpp"

namespace kappa::test {
namespace {

using log::RepairMode;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// A disk of which one sector of one file cannot be read.
class BadSector final : public ForwardingSeam {
 public:
  void spoil(std::string file, std::uint64_t position) {
    file_ = std::move(file);
    position_ = position / 512 * 512;
  }
  Result<std::size_t> read(const log::File& file, std::uint64_t position, std::span<std::byte> buffer) override {
    if (is_bad(file, position, buffer.size())) return failed(file);
    return real().read(file, position, buffer);
  }
  Result<std::size_t> read_device(const log::File& file, std::uint64_t position, std::span<std::byte> buffer) override {
    if (is_bad(file, position, buffer.size())) return failed(file);
    return real().read_device(file, position, buffer);
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    if (to == file_) file_.clear();  // The new file has other sectors.
    return real().rename(from, to);
  }

 private:
  [[nodiscard]] bool is_bad(const log::File& file, std::uint64_t position, std::size_t bytes) const {
    return file.path() == file_ && position < position_ + 512 && position_ < position + bytes;
  }
  static std::unexpected<Error> failed(const log::File& file) {
    return fail(Errc::io, "cannot read " + file.path() + ": Input/output error");
  }
  std::string file_;
  std::uint64_t position_ = 0;
};

class Unreadable : public Repair {
 protected:
  [[nodiscard]] log::VerifyReport verified() {
    const auto directory = log::Directory::open(data(), {.access = log::Access::read_only, .seam = &disk_});
    EXPECT_TRUE(directory) << directory.error().message;
    const auto report = log::verify_partition(**directory, topic(**directory, "a"), 0);
    EXPECT_TRUE(report) << report.error().message;
    return report.value_or(log::VerifyReport{});
  }
  BadSector disk_;
};

TEST_F(Unreadable, SectorsAreDamageThatVerificationTells) {
  fill(0, 14);
  for (const std::uint64_t at : {12'300u, 12'900u, 4'096u}) {
    disk_.spoil(segment(3).string(), at);
    const auto report = verified();
    ASSERT_FALSE(report.damages.empty()) << at;
    EXPECT_EQ(report.damages[0].file, segment(3).string());
    EXPECT_THAT(report.damages[0].what, HasSubstr("Input/output error")) << at;
    EXPECT_GE(report.events, all_.size() - 8) << "the other segments were read";
  }
}

TEST_F(Unreadable, SectorsAreHealedFromABackup) {
  fill(0, 14);
  back_up();
  disk_.spoil(segment(3).string(), 12'900);
  const auto done = log::repair(data(), backup(), {.mode = RepairMode::apply, .seam = &disk_});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(done->lost, IsEmpty());
  EXPECT_FALSE(done->healed.empty());
  EXPECT_TRUE(is_whole());
}

TEST_F(Unreadable, SectorsBecomeGaps) {
  fill(0, 14);
  disk_.spoil(segment(3).string(), 12'900);
  const auto done = log::repair(data(), std::nullopt, {.mode = RepairMode::apply, .seam = &disk_});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(done->lost, IsEmpty());
  ASSERT_THAT(done->gaps, SizeIs(1));
  const auto directory = open_small();
  EXPECT_EQ(read(*directory, "a").size() + done->gaps[0].end->value - done->gaps[0].begin.value, all_.size());
}

TEST_F(Unreadable, SectorsOfABackupAreTold) {
  fill(0, 14);
  back_up();
  std::string file;
  for (const auto& entry : std::filesystem::directory_iterator(backup() / "segments")) file = entry.path();
  disk_.spoil(file, 12'300);
  const auto report = log::check_backup(backup(), {.seam = &disk_});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_THAT(report->damages, SizeIs(testing::Ge(1u)));
}

}  // namespace
}  // namespace kappa::test
