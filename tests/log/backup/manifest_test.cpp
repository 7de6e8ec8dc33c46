// A manifest that is whole by its hash and says what this version cannot take: told, never guessed.
#include "backup/manifest.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "format/hash.hpp"
#include "format/segment_header.hpp"

namespace kappa::log {
namespace {

using testing::HasSubstr;

class ManifestText : public testing::Test {
 protected:
  ManifestText() {
    manifest_.directory_file = encode_directory_file({{1, 2}}, {});
    manifest_.segments = {{std::string("topic"), {{3, 4}}, 0, {}, {12'288}, 5, SegmentForm::open, 65'536}};
  }
  /// The manifest with something else in one place, and the hash of that.
  [[nodiscard]] std::string with(const std::string& something, const std::string& other) const {
    std::string text = encode_manifest(manifest_);
    const std::size_t at = text.find(something);
    EXPECT_NE(at, std::string::npos) << something;
    text.replace(at, something.size(), other);
    text.erase(text.rfind("{\"hash\""));
    const std::uint64_t hash = hash_of(as_bytes(text));
    std::string digits;
    for (const std::byte byte : image_of(hash)) digits += fmt::format("{:02x}", static_cast<unsigned>(byte));
    return text + R"({"hash":")" + digits + "\"}\n";
  }
  [[nodiscard]] Error refusal_with(const std::string& something, const std::string& other) const {
    const auto decoded = decode_manifest(with(something, other));
    EXPECT_FALSE(decoded) << other;
    return decoded ? Error{} : decoded.error();
  }

  Manifest manifest_;
};

TEST_F(ManifestText, IsTakenAsItWasWritten) {
  const auto decoded = decode_manifest(with("topic", "topic"));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(decoded->segments[0].file_name(), manifest_.segments[0].file_name());
  EXPECT_EQ(directory_of(*decoded), (DirectoryId{{1, 2}}));
}

TEST_F(ManifestText, WithoutAMemberIsNotTaken) {
  for (const char* name : {"sequence", "taken", "segments", "directory"}) {
    const Error refused = refusal_with(fmt::format("\"{}\":", name), "\"other\":");
    EXPECT_EQ(refused.code, Errc::corruption);
    EXPECT_THAT(refused.message, HasSubstr(fmt::format("it has no {}", name)));
  }
  for (const char* name : {"topic", "partition", "base", "sealed", "id", "end", "chain", "bytes"}) {
    const Error refused = refusal_with(fmt::format("\"{}\":", name), "\"other\":");
    EXPECT_EQ(refused.code, Errc::corruption);
    EXPECT_THAT(refused.message, HasSubstr(fmt::format("a segment without {}", name)));
  }
}

TEST_F(ManifestText, WithAMemberOfAnotherTypeIsNotTaken) {
  EXPECT_THAT(refusal_with("\"sequence\":0", "\"sequence\":-1").message, HasSubstr("it has no sequence"));
  EXPECT_THAT(refusal_with("\"base\":0", "\"base\":\"0\"").message, HasSubstr("a segment without base"));
  EXPECT_THAT(refusal_with("\"topic\":\"topic\"", "\"topic\":7").message, HasSubstr("a segment without topic"));
  EXPECT_THAT(refusal_with("\"id\":\"03", "\"id\":\"0g").message, HasSubstr("a segment without id"));
}

TEST_F(ManifestText, WithANumberThatIsTooLargeIsNotTaken) {
  const Error partition = refusal_with("\"partition\":0", "\"partition\":4294967297");
  EXPECT_THAT(partition.message, HasSubstr("a segment without partition"));
  EXPECT_FALSE(decode_manifest(with("\"partition\":0", fmt::format("\"partition\":{}", kPartitionsMax))));
  EXPECT_TRUE(decode_manifest(with("\"partition\":0", fmt::format("\"partition\":{}", kPartitionsMax - 1))));
  const std::string taken = fmt::format("\"taken\":{}", manifest_.taken);
  EXPECT_THAT(refusal_with(taken, "\"taken\":18446744073709551615").message, HasSubstr("it has no taken"));
}

TEST_F(ManifestText, OfATopicThatIsAPathIsNotTaken) {
  EXPECT_EQ(refusal_with("\"topic\":\"topic\"", "\"topic\":\"../t\"").code, Errc::corruption);
}

TEST_F(ManifestText, WithFewerSegmentsThanItSaysIsNotTaken) {
  EXPECT_THAT(refusal_with("\"segments\":1", "\"segments\":2").message, HasSubstr("segments are missing"));
}

TEST_F(ManifestText, OfANewerVersionIsNotTaken) {
  const Error refused = refusal_with("\"kappa_backup\":1", "\"kappa_backup\":2");
  EXPECT_EQ(refused.code, Errc::conflict);
  EXPECT_THAT(refused.hint, HasSubstr("a newer kappa"));
}

TEST_F(ManifestText, OfADirectoryWithUnknownFeaturesIsNotTaken) {
  manifest_.directory_file = encode_directory_file({{1, 2}}, {.incompatible = std::uint64_t{1} << 60});
  const auto refused = directory_of(manifest_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("features"));
}

}  // namespace
}  // namespace kappa::log
