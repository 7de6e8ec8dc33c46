#pragma once
#include "repair_fixture.hpp"

namespace kappa::test {

/// Damage without a backup, and what is left when gaps stand for it.
class Gaps : public Repair {
 protected:
  /// Where the frames of a file begin, and where the last one ends.
  static std::vector<std::uint64_t> frames_of(const std::filesystem::path& file) {
    std::vector<std::uint64_t> places{log::kFirstFramePosition};
    while (const std::uint64_t bytes = whole_frame_bytes(file, places.back())) places.push_back(places.back() + bytes);
    return places;
  }
  static std::uint64_t whole_frame_bytes(const std::filesystem::path& file, std::uint64_t position) {
    std::ifstream stream(file, std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(position));
    log::FrameHeader header;
    header.magic = 0;
    stream.read(reinterpret_cast<char*>(&header), sizeof header);
    return header.magic == log::kFrameMagic ? header.frame_bytes() : 0;
  }
  [[nodiscard]] std::filesystem::path newest_segment() const { return files("a", ".seg").back(); }
  /// What is left of all events when those of these gaps are missing.
  [[nodiscard]] std::vector<std::string> without(const std::vector<log::DamagedRange>& gaps) const {
    std::vector<std::string> left;
    for (std::size_t i = 0; i < all_.size(); ++i)
      if (std::ranges::none_of(gaps, [&](const auto& gap) { return gap.begin.value <= i && i < gap.end->value; }))
        left.push_back(all_[i]);
    return left;
  }
  [[nodiscard]] log::VerifyReport verified() const {
    const auto directory = open_read_only();
    return log::verify_partition(*directory, topic(*directory, "a"), 0).value();
  }
  /// Everything that is left is read, gaps are told, nothing is damaged, and appends go on.
  void expect_gapped(const std::vector<log::DamagedRange>& gaps) {
    std::vector<std::string> notices;
    log::OpenOptions options;
    options.access = log::Access::read_only;
    options.notice = [&](const std::string& notice) { notices.push_back(notice); };
    {
      auto directory = log::Directory::open(data(), options).value();
      ASSERT_EQ(read(*directory, "a"), without(gaps));
      ASSERT_EQ(merge(*directory, {"a"}), without(gaps));
      ASSERT_GE(notices.size(), gaps.empty() ? 0u : 1u);
    }
    ASSERT_THAT(verified().damages, testing::IsEmpty()) << verified().damages[0].what;
    ASSERT_EQ(verified().gaps.size(), gaps.size());
    const auto directory = open_small();
    ASSERT_THAT(directory->take_recovery_notes(), testing::IsEmpty());
    append(*directory, "a", {"goes on"});
    std::vector<std::string> more = without(gaps);
    more.emplace_back("goes on");
    ASSERT_EQ(read(*directory, "a"), more);
  }
};

}  // namespace kappa::test
