#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format/body.hpp"
#include "format/hash.hpp"
#include "sample.hpp"

namespace kappa::log {
namespace {

using sample::Image;

/// A section of a body made by hand, stored as it is unless `stored` says otherwise.
struct Part {
  SectionKind kind;
  std::string raw;
  Codec codec = Codec::none;
  std::optional<std::string> stored = {};
};

class BodyOfParts {
 public:
  explicit BodyOfParts(const std::vector<Part>& parts) {
    put(body_, static_cast<std::uint32_t>(parts.size()));
    for (const Part& part : parts)
      put(body_,
          SectionEntry{part.kind, part.codec, 0, static_cast<std::uint32_t>(part.stored.value_or(part.raw).size()),
                       static_cast<std::uint32_t>(part.raw.size())});
    for (const Part& part : parts) {
      append(body_, part.stored.value_or(part.raw));
      append(raw_, part.raw);
    }
  }
  template <typename Change>
  BodyOfParts& change_entry(Change change) {
    auto entry = load<SectionEntry>(body_.data() + 4);
    change(entry);
    store(body_.data() + 4, entry);
    return *this;
  }
  BodyOfParts& cut_to(std::size_t bytes) {
    body_.resize(bytes);
    return *this;
  }

  /// What the decoder says to it in a frame of so many events.
  [[nodiscard]] std::string fault(std::uint32_t events) const {
    FrameHeader header;
    header.event_count = events;
    header.raw_length = static_cast<std::uint32_t>(raw_.size());
    header.raw_hash = hash_of(raw_);
    return sample::fault_of(BodyDecoder().decode(header, body_, {}));
  }

 private:
  static void append(Image& to, std::string_view text) {
    const Bytes bytes = as_bytes(text);
    to.insert(to.end(), bytes.begin(), bytes.end());
  }
  Image body_;
  Image raw_;
};

std::string text(std::initializer_list<int> bytes) {
  return {bytes.begin(), bytes.end()};
}
std::string fault_of_parts(const std::vector<Part>& parts, std::uint32_t events) {
  return BodyOfParts(parts).fault(events);
}
Part value_lengths(std::initializer_list<int> bytes) {
  return {SectionKind::value_lengths, text(bytes)};
}
Part values(std::string raw) {
  return {SectionKind::value_bytes, std::move(raw)};
}

TEST(BodyDecoder, TakesAColumnMadeByHand) {
  EXPECT_EQ(fault_of_parts({value_lengths({1, kAllPresent, 1, 2}), values("abb")}, 2), "");
  EXPECT_EQ(fault_of_parts({value_lengths({1, kBitmap, 2, 0, 3}), values("abb")}, 2), "");
  EXPECT_EQ(fault_of_parts({}, 2), "");
}

TEST(BodyDecoder, RefusesABadTable) {
  EXPECT_EQ(BodyOfParts({}).cut_to(3).fault(1), "body without a section table");
  EXPECT_EQ(BodyOfParts({values("a")}).cut_to(9).fault(1), "body that ends inside its section table");
  EXPECT_EQ(fault_of_parts({values("a"), values("a")}, 1), "section 6 after section 6");
  EXPECT_EQ(fault_of_parts(std::vector<Part>(7, values("a")), 1), "body of 7 sections");
  EXPECT_EQ(fault_of_parts({{static_cast<SectionKind>(7), "a"}}, 1), "section of kind 7");
  EXPECT_EQ(fault_of_parts({{static_cast<SectionKind>(0), "a"}}, 1), "section 0 after section 0");
  EXPECT_EQ(fault_of_parts({values("")}, 1), "section 6 that is empty");
  EXPECT_EQ(fault_of_parts({{SectionKind::value_bytes, "a", static_cast<Codec>(3)}}, 1), "codec 3 of section 6");
  EXPECT_EQ(BodyOfParts({values("a")}).change_entry([](auto& e) { e.zero = 1; }).fault(1),
            "section 6 with reserved bytes in use");
  EXPECT_EQ(BodyOfParts({values("a")}).change_entry([](auto& e) { e.stored_length = 2; }).fault(1),
            "section that ends behind its body");
  EXPECT_EQ(BodyOfParts({values("ab")}).change_entry([](auto& e) { e.stored_length = 1; }).fault(1),
            "sections of 17 stored and 2 raw bytes, expected 18 and 2");
  EXPECT_EQ(BodyOfParts({values("ab")}).change_entry([](auto& e) { e.raw_length = 1 << 30; }).fault(1),
            "sections of 18 stored and 1073741824 raw bytes, expected 18 and 2");
}

TEST(BodyDecoder, RefusesSectionsThatDoNotDecode) {
  EXPECT_EQ(fault_of_parts({{SectionKind::value_bytes, "abc", Codec::zstd, "no zstd stream"}}, 1),
            "section 6 that does not decode to 3 bytes");
  EXPECT_EQ(fault_of_parts({{SectionKind::value_bytes, "abc", Codec::none, "abcd"}}, 1),
            "section 6 that does not decode to 3 bytes");
}

TEST(BodyDecoder, RefusesRawBytesWithAnotherHash) {
  EXPECT_THAT(fault_of_parts({value_lengths({1, 1, 3}), {SectionKind::value_bytes, "abc", Codec::none, "abd"}}, 1),
              testing::StartsWith("raw bytes with hash "));
}

TEST(BodyDecoder, RefusesBadLengths) {
  EXPECT_EQ(fault_of_parts({value_lengths({1})}, 1), "column of lengths without a width");
  EXPECT_EQ(fault_of_parts({value_lengths({3, 1, 0})}, 1), "column of lengths of 3 bytes each");
  EXPECT_EQ(fault_of_parts({value_lengths({1, 3, 0})}, 1), "column of lengths with presence 3");
  EXPECT_EQ(fault_of_parts({value_lengths({2, 1, 0})}, 1), "column of lengths of 3 bytes, expected 4");
  EXPECT_EQ(fault_of_parts({value_lengths({1, 1, 0, 0})}, 1), "lengths of 0 bytes in all for 1 bytes");
  EXPECT_EQ(fault_of_parts({value_lengths({1, 1, 1, 0}), values("a")}, 1), "column of lengths that is too long");
  EXPECT_EQ(fault_of_parts({value_lengths({1, 1, 2}), values("a")}, 1), "lengths of 2 bytes in all for 1 bytes");
  EXPECT_EQ(fault_of_parts({value_lengths({4, 1, 255, 255, 255, 255, 2, 0, 0, 0}), values("a")}, 2),
            "column of 4294967297 bytes, more than a frame holds");
  EXPECT_EQ(fault_of_parts({values("a")}, 1), "column of bytes without its lengths");
}

TEST(BodyDecoder, RefusesBadBitmaps) {
  EXPECT_EQ(fault_of_parts({value_lengths({1, kBitmap, 6, 0, 0})}, 2), "column with bits behind its last value");
  EXPECT_EQ(fault_of_parts({value_lengths({1, kBitmap, 3, 0, 0})}, 2),
            "column with a bitmap although 2 of 2 values are there");
  EXPECT_EQ(fault_of_parts({value_lengths({1, kBitmap, 0, 0, 0})}, 2),
            "column with a bitmap although 0 of 2 values are there");
  EXPECT_EQ(fault_of_parts({value_lengths({1, kBitmap, 1, 0, 1}), values("a")}, 2), "absent value 1 with a length");
}

TEST(BodyDecoder, RefusesBadTimestamps) {
  const auto times = [](std::initializer_list<int> bytes, std::uint32_t events) {
    return fault_of_parts({{SectionKind::timestamps, text(bytes)}}, events);
  };
  EXPECT_EQ(times({1, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 1), "");
  EXPECT_EQ(times({1, 0}, 1), "column of timestamps without a width");
  EXPECT_EQ(times({3, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 1), "column of timestamps of 3 bytes each");
  EXPECT_EQ(times({1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1}, 1), "column of timestamps of 11 bytes, expected 10");
  EXPECT_EQ(times({1, 0, 0, 0, 0, 0, 0, 0, 128, 1}, 1), "timestamp out of range");
  EXPECT_EQ(times({1, 255, 255, 255, 255, 255, 255, 255, 127, 2}, 1), "timestamp out of range");
}

TEST(BodyDecoder, RefusesEventsOverTheLimits) {
  const std::string large(kEventBytesMax + 1, 'z');
  EXPECT_EQ(fault_of_parts({value_lengths({4, 1, 1, 0, 128, 0}), values(large)}, 1),
            "event 0 of 8388609 bytes, 0 of them headers: over the limits");
  EXPECT_EQ(fault_of_parts({{SectionKind::headers, text({4, 1, 1, 0, 1, 0}) + std::string(65'537, 'h')}}, 1),
            "event 0 of 65537 bytes, 65537 of them headers: over the limits");
  EXPECT_EQ(fault_of_parts({{SectionKind::headers, text({1, 1, 4}) + "junk"}}, 1),
            "event 0 with headers that are none");
}

TEST(BodyDecoder, RefusesSectionsInAFrameWithoutEvents) {
  EXPECT_EQ(fault_of_parts({values("a")}, 0), "sections in a frame without events");
}

}  // namespace
}  // namespace kappa::log
