// docs/determinism.md names a test for each sentence; here every name is looked up in the sources.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

namespace kappa::test {
namespace {

std::string content_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(std::string(source_dir()) + "/" + path).rdbuf();
  return text.str();
}

std::vector<std::smatch> matches_of(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern);
  return {std::sregex_iterator(text.begin(), text.end(), regex), std::sregex_iterator()};
}

TEST(DeterminismDocument, NamesTestsThatExist) {
  const std::string document = content_of("docs/determinism.md");
  const auto named = matches_of(document, R"(`(tests/[\w/]+\.cpp): (\w+)\.(\w+)`)");
  EXPECT_GT(named.size(), 80U);
  for (const std::smatch& match : named) {
    const std::regex test("TEST(_F|_P)?\\(" + match[2].str() + ",\\s*" + match[3].str() + "\\)");
    EXPECT_TRUE(std::regex_search(content_of(match[1]), test)) << match[0];
  }
}

TEST(DeterminismDocument, NamesFilesThatExist) {
  const std::string document = content_of("docs/determinism.md");
  for (const std::smatch& match : matches_of(document, R"((tests|docs|processor|replay)/[\w/]+\.(cpp|hpp|sh|md|sql))"))
    EXPECT_TRUE(std::filesystem::exists(std::string(source_dir()) + "/" + match.str())) << match.str();
}

TEST(DeterminismDocument, HasATestForEachNumberedSentence) {
  const std::string document = content_of("docs/determinism.md");
  const auto sentences = matches_of(document, R"(\n(\d+\.\d+)\. ([^\n]|\n(?!\n))*)");
  EXPECT_GT(sentences.size(), 50U);
  for (const std::smatch& match : sentences)
    EXPECT_NE(match.str().find("`tests/"), std::string::npos) << "without a test: " << match[1];
}

}  // namespace
}  // namespace kappa::test
