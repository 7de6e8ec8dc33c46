#include "every_bit.hpp"

#include <algorithm>

#include "format/hash.hpp"

namespace kappa::test {
namespace {

// Full passes beside the partial ones that come to the same.
constexpr std::uint64_t kReadAllOneIn = 4096;
constexpr std::uint64_t kVerifiedAllOneIn = 4096;
// Without an index verification reads up to the damage: of eight bytes one bit.
constexpr std::uint64_t kVerifiedOneIn = 64;
constexpr std::uint64_t kStretchesOneIn = 9;
constexpr std::uint64_t kZerosOneIn = 17;
constexpr std::uint64_t kCutOneIn = 31;
constexpr std::uint64_t kSmallFile = 8192;  // Of which the zeros are all tried, too.

/// The damages of one file that an effort takes.
class Choice {
 public:
  Choice(const std::vector<std::byte>& content, const Effort& effort) : content_(content), effort_(effort) {}

  template <typename Use>
  void each_bit(std::uint64_t begin, std::uint64_t end, Use use) const {
    each(begin * 8, end * 8, [&](std::uint64_t bit) {
      if (!is_thinned_out(bit / 8, bit)) use(Injury{Injury::Kind::bit, bit / 8, static_cast<unsigned>(bit % 8)});
    });
  }
  template <typename Use>
  void each_length(std::uint64_t begin, Use use) const {
    each(begin, content_.size(), [&](std::uint64_t length) {
      if (!is_thinned_out(length, length)) use(Injury{Injury::Kind::cut, length, 0});
    });
  }
  /// Calls with the numbers from begin to end that the effort takes.
  template <typename Use>
  void each(std::uint64_t begin, std::uint64_t end, Use use) const {
    const std::uint64_t length = end - begin;
    const std::uint64_t last = begin + length * (effort_.part + 1) / effort_.parts;
    for (std::uint64_t i = begin + length * effort_.part / effort_.parts; i < last; ++i)
      if (effort_.one_in == 1 || Random(effort_.seed ^ (i << 8U))() % effort_.one_in == 0) use(i);
  }
  /// Few of many; of a sample more, so that there are some.
  [[nodiscard]] bool takes(const Injury& injury, std::uint64_t one_in) const {
    constexpr std::uint64_t kMost = 256;
    return Random(effort_.seed + injury.position * 8 + injury.bit)() % one_in < std::min(effort_.one_in, kMost);
  }

 private:
  [[nodiscard]] bool is_thinned_out(std::uint64_t position, std::uint64_t number) const {
    constexpr std::uint64_t kAround = 16;
    if (content_.size() < kSmallFile || number % kZerosOneIn == 0 || position < kAround) return false;
    const std::uint64_t end = std::min<std::uint64_t>(position + kAround, content_.size());
    return log::all_zeros(Bytes(content_).subspan(position - kAround, end - position + kAround));
  }

  const std::vector<std::byte>& content_;
  const Effort& effort_;
};

void read_and_verify(OpenJudge& judge, const Injury& injury, Tally& tally) {
  if (judge.told_by_reading(injury, tally)) return;
  if (!judge.told_by_verifying(injury, tally)) tally.note(Outcome::harmless);
}

}  // namespace

void try_left_segment(OpenJudge& judge, Verified verified, const Effort& effort, Tally& tally) {
  const std::uint64_t end = judge.landmarks().end();
  if (judge.unread_end() != end) return tally.fault("opening reads the frames of a segment that was left");
  const Choice choice(judge.content(), effort);
  Tally again;  // What is judged in more than one way counts once.
  choice.each(log::kFirstFramePosition * 8, end * 8, [&](std::uint64_t bit) {
    const Injury injury{Injury::Kind::bit, bit / 8, static_cast<unsigned>(bit % 8)};
    if (!judge.told_by_reading(injury, tally)) tally.note(Outcome::verifying);
    if (choice.takes(injury, kReadAllOneIn)) static_cast<void>(judge.told_by_reading_all(injury, again));
    if (choice.takes(injury, kVerifiedAllOneIn) && !judge.told_by_verifying(injury, again))
      tally.fault(injury, "verify does not tell");
  });
  choice.each(0, judge.longest_stretch(), [&](std::uint64_t bit) {
    if (verified == Verified::each_bit || bit % kStretchesOneIn == 0) judge.verify_stretches(bit, again);
  });
  const auto others = [&](const Injury& injury) { read_and_verify(judge, injury, tally); };
  choice.each_bit(0, log::kFirstFramePosition, others);
  choice.each_bit(end, judge.content().size(), others);
  choice.each_length(0, others);
  for (const std::string& fault : again.kept()) tally.fault(fault);
}

void try_newest_frames(OpenJudge& judge, const Effort& effort, Tally& tally) {
  const Choice choice(judge.content(), effort);
  Tally again;
  choice.each_bit(log::kFirstFramePosition, judge.unread_end(), [&](const Injury& injury) {
    const bool told = judge.told_by_reading(injury, tally);
    const bool verified = !told || (injury.position * 8 + injury.bit) % kVerifiedOneIn == injury.position / 8 % 8;
    if (verified && !judge.told_by_verifying(injury, told ? again : tally)) tally.fault(injury, "verify does not tell");
    if (choice.takes(injury, kReadAllOneIn)) static_cast<void>(judge.told_by_reading_all(injury, again));
  });
  choice.each_length(0, [&](const Injury& injury) {
    if (injury.position < judge.landmarks().end() && !judge.told_by_reading(injury, tally))
      tally.fault(injury, "reading does not tell");
  });
  for (const std::string& fault : again.kept()) tally.fault(fault);
}

void try_newest_cold(ColdJudge& judge, std::uint64_t from, std::uint64_t mark, const Effort& effort, Tally& tally) {
  const Choice choice(judge.content(), effort);
  const auto one = [&](const Injury& injury) { judge.judge(injury, tally); };
  choice.each_bit(0, log::kFirstFramePosition, one);
  choice.each_bit(from, judge.content().size(), one);
  // A file that ends before its mark is looked through from its start.
  choice.each_length(0, [&](const Injury& injury) {
    if (injury.position >= mark || injury.position % kCutOneIn == 0) one(injury);
  });
}

void try_file(ColdJudge& judge, const Effort& effort, Tally& tally) {
  const Choice choice(judge.content(), effort);
  const auto one = [&](const Injury& injury) { judge.judge(injury, tally); };
  choice.each_bit(0, judge.content().size(), one);
  choice.each_length(0, one);
}

void try_backup_file(BackupJudge& judge, const std::string& file, const Effort& effort, Tally& tally) {
  const std::vector<std::byte> content = judge.content_of(file);
  const Choice choice(content, effort);
  const auto one = [&](const Injury& injury) { judge.judge(file, injury, tally); };
  choice.each_bit(0, content.size(), one);
  choice.each_length(0, one);
}

}  // namespace kappa::test
