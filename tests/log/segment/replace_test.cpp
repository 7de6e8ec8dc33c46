#include "segment/replace.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "backup/segment_copy.hpp"
#include "format/hash.hpp"
#include "forwarding_seam.hpp"
#include "partition_files.hpp"
#include "protocol/frame_window.hpp"
#include "segment/seal.hpp"
#include "segment/verify_segments.hpp"

namespace kappa::log {
namespace {

/// A sealed segment of 20 events and an active one; and what is to take the first one's place.
class Replacement : public testing::Test {
 protected:
  Replacement() {
    files_.append(20, 5'000);
    files_.roll();
    files_.append(5);
    EXPECT_EQ(seal_left_segments(real_seam(), files_.directory()).value(), 1u);
  }
  [[nodiscard]] const SegmentHeader& successor() const { return files_.segment(1)->start.header; }
  [[nodiscard]] std::string made() const { return files_.path(0) + ".new"; }

  /// Writes every second frame of the original, one behind the other and chained anew.
  void make(const FooterHeader& original) {
    const SharedSegment old = open_segment_file(real_seam(), files_.path(0), Access::read_only).value();
    const SealedEnd end = sealed_end(real_seam(), *old, successor()).value();
    const File file = real_seam().open(made(), OpenMode::create).value();
    put(file, 0, encode_segment_header(old->start.header));
    FooterBuilder builder(old->start);
    FrameWindow window(real_seam(), old);
    ChainPoint from = old->start.chain();
    for (int i = 0; from.position < end.position; ++i) {
      const Frame frame = window.frame(from, end.position.value).value().value();
      from = after(from, frame.head);
      if (i % 2 == 0) builder.add(rewrite(file, frame, builder.point()));
    }
    const Footer footer = builder.finish(original);
    put(file, footer.header.end.value, encode_footer(footer));
    put(file, kMarkPositionA, encode_mark({1, builder.point()}, old->salt()));
    const std::vector<std::byte> zeros(kFirstFramePosition - kMarkPositionB);
    put(file, kMarkPositionB, zeros);
  }
  void make() { make(original_of(successor())); }

  Result<bool> replace() { return replace_segment(real_seam(), files_.path(0), successor()); }
  [[nodiscard]] std::vector<std::string> damages() const {
    const auto report =
        verify_segments(real_seam(), {files_.directory(), {{1, 2}}, 0, files_.end().last_sequence}, nullptr).value();
    std::vector<std::string> all;
    for (const Damage& damage : report.damages) all.push_back(damage.what);
    return all;
  }

  PartitionFiles files_;

 private:
  static void put(const File& file, std::uint64_t position, Bytes bytes) {
    const Bytes parts[] = {bytes};
    ASSERT_TRUE(real_seam().write(file, position, parts));
  }
  static FrameHead rewrite(const File& file, const Frame& frame, const ChainPoint& at) {
    FrameHeader header = frame.head.header;
    header.position = header.durable_position = at.position;
    header.previous_hash = at.chain;
    header.base_offset = at.next_offset;
    header.header_hash = 0;
    header.header_hash = hash_around(image_of(header), offsetof(FrameHeader, header_hash));
    put(file, at.position.value, image_of(header));
    put(file, at.position.value + header.header_length, frame.bytes().subspan(header.header_length));
    return {header, {}};
  }
};

TEST_F(Replacement, TakesTheSegmentsPlace) {
  make();
  ASSERT_TRUE(replace().value());
  EXPECT_FALSE(std::filesystem::exists(made()));
  EXPECT_THAT(damages(), testing::IsEmpty());
  const auto now = open_segment_file(real_seam(), files_.path(0), Access::read_only).value();
  const SealedEnd end = sealed_end(real_seam(), *now, successor()).value();
  EXPECT_LT(end.position, successor().previous_end);
  EXPECT_NE(end.chain, successor().previous_chain);
  ASSERT_TRUE(end.replaced);
  EXPECT_EQ(end.replaced->original_chain, successor().previous_chain);
  EXPECT_EQ(end.replaced->frame_count, 10u);
}

TEST_F(Replacement, HappensAgain) {
  for (const std::uint64_t left : {10u, 5u, 3u}) {
    make();
    ASSERT_TRUE(replace().value());
    EXPECT_THAT(damages(), testing::IsEmpty());
    const auto now = open_segment_file(real_seam(), files_.path(0), Access::read_only).value();
    EXPECT_EQ(replaced_footer(real_seam(), *now).value()->frame_count, left);
  }
}

TEST_F(Replacement, LeavesWhoReadsTheOldFileAlone) {
  const auto old = open_segment_file(real_seam(), files_.path(0), Access::read_only).value();
  make();
  ASSERT_TRUE(replace().value());
  for (const auto source : {FrameWindow::Source::cache, FrameWindow::Source::device}) {
    FrameWindow window(real_seam(), old, source);
    ChainPoint at = old->start.chain();
    while (at.position < successor().previous_end)
      at = after(at, window.frame(at, successor().previous_end.value).value().value().head);
    EXPECT_EQ(at.chain, successor().previous_chain);
  }
}

TEST_F(Replacement, IsSealedAlready) {
  make();
  ASSERT_TRUE(replace().value());
  EXPECT_EQ(seal_segment(real_seam(), files_.path(0), successor()).value(), SealOutcome::already_sealed);
}

TEST_F(Replacement, IsCopiedWithItsFooter) {
  make();
  ASSERT_TRUE(replace().value());
  const auto now = open_segment_file(real_seam(), files_.path(0), Access::read_only).value();
  const SealedEnd end = sealed_end(real_seam(), *now, successor()).value();
  const std::string copy = files_.path(0) + ".copy";
  const CopyLimit limit{end.position.value, kEndOfTime, end.replaced};
  ASSERT_TRUE(copy_segment(real_seam(), now, limit, SegmentForm::sealed, copy, nullptr));
  EXPECT_EQ(files_.content(copy), files_.content(files_.path(0)));
}

TEST_F(Replacement, KeepsOwnerAndPermissions) {
  ASSERT_EQ(chmod(files_.path(0).c_str(), 0640), 0);
  const bool superuser = geteuid() == 0;
  if (superuser) {
    ASSERT_EQ(chown(files_.path(0).c_str(), 1234, 4321), 0);
  }
  make();
  ASSERT_TRUE(replace().value());
  struct stat status{};
  ASSERT_EQ(stat(files_.path(0).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777u, 0640u);
  EXPECT_EQ(status.st_uid, superuser ? 1234u : geteuid());
  EXPECT_EQ(status.st_gid, superuser ? 4321u : getegid());
}

TEST_F(Replacement, WaitsForWhoIsSealing) {
  make();
  const auto other = real_seam().open(files_.path(0), OpenMode::write);
  ASSERT_TRUE(real_seam().lock(*other, LockMode::exclusive, std::chrono::seconds{0}).value());
  EXPECT_FALSE(replace().value());
  EXPECT_TRUE(std::filesystem::exists(made()));
}

class UnfitReplacement : public Replacement {
 protected:
  /// Why it is refused; the segment is as it was.
  std::string refusal() {
    const auto before = files_.content(files_.path(0));
    const auto refused = replace();
    EXPECT_EQ(files_.content(files_.path(0)), before);
    if (refused) return "";
    EXPECT_EQ(refused.error().code, Errc::corruption);
    const std::string& message = refused.error().message;
    return message.substr(message.rfind(": ") + 2);
  }
  template <typename Change>
  std::string refusal_with(Change change) {
    FooterHeader original = original_of(successor());
    change(original);
    make(original);
    return refusal();
  }
};

TEST_F(UnfitReplacement, NamesAnotherOriginal) {
  const std::string expected = "the next segment follows another end";
  EXPECT_EQ(refusal_with([](auto& original) { original.original_chain += 1; }), expected);
  EXPECT_EQ(refusal_with([](auto& original) { original.original_end.value += 8; }), expected);
}

TEST_F(UnfitReplacement, EndsElsewhere) {
  const std::string expected = "it ends at another offset, sequence, time or owner epoch";
  EXPECT_EQ(refusal_with([](auto& original) { original.end_offset.value -= 1; }), expected);
  EXPECT_EQ(refusal_with([](auto& original) { original.last_sequence.value += 1; }), expected);
  EXPECT_EQ(refusal_with([](auto& original) { original.last_append_time += 1; }), expected);
  EXPECT_EQ(refusal_with([](auto& original) { original.owner_epoch += 1; }), expected);
}

TEST_F(UnfitReplacement, HasNoFooterOrMark) {
  make();
  files_.invert(made(), files_.content(made()).size() - 20);
  EXPECT_EQ(refusal(), "it has no footer");
  make();
  files_.invert(made(), kMarkPositionA + 20);
  EXPECT_EQ(refusal(), "its mark is not at its end");
}

TEST_F(UnfitReplacement, IsAnotherSegment) {
  std::filesystem::copy_file(files_.path(1), made());
  EXPECT_EQ(refusal(), "it has another header");
}

TEST_F(Replacement, ThatSaysToEndBeforeItsFramesIsDamaged) {
  for (const auto& change :
       std::vector<std::function<void(FooterHeader&)>>{[](FooterHeader& footer) { footer.end_offset.value = 9; },
                                                       [](FooterHeader& footer) { footer.last_sequence.value = 9; },
                                                       [](FooterHeader& footer) { footer.last_append_time = 90; }}) {
    FooterHeader original = original_of(successor());
    change(original);
    make(original);
    std::filesystem::rename(made(), files_.path(0));
    EXPECT_THAT(damages(), testing::Contains(testing::StartsWith("footer of a replaced segment that ends at offset")));
  }
}

TEST_F(Replacement, WithoutItsFooterIsDamaged) {
  make();
  ASSERT_TRUE(replace().value());
  files_.invert(files_.path(0), files_.content(files_.path(0)).size() - 20);
  EXPECT_THAT(damages(), testing::Not(testing::IsEmpty()));
}

/// Whose calls fail from the n-th on that changes anything.
class DyingReplacement final : public test::ForwardingSeam {
 public:
  explicit DyingReplacement(int calls) : ForwardingSeam(real_seam()), left_(calls) {}
  Result<void> copy_access(const File& from, const File& to) override {
    return dead() ? died() : real().copy_access(from, to);
  }
  Result<void> sync(const File& file) override { return dead() ? died() : real().sync(file); }
  Result<void> rename(const std::string& from, const std::string& to) override {
    return dead() ? died() : real().rename(from, to);
  }

 private:
  bool dead() { return left_ == 0 || --left_ == 0; }
  static std::unexpected<Error> died() { return fail(Errc::io, "dead"); }
  int left_;
};

TEST_F(Replacement, LeavesTheOldOrTheNewFileWhereverItEnds) {
  bool done = false;
  for (int calls = 1; !done; ++calls) {
    ASSERT_LT(calls, 10);
    make();
    DyingReplacement seam(calls);
    done = replace_segment(seam, files_.path(0), successor()).has_value();
    EXPECT_THAT(damages(), testing::IsEmpty()) << calls;
  }
}

}  // namespace
}  // namespace kappa::log
