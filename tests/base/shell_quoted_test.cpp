#include "kappa/base/shell_quoted.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>

namespace kappa {
namespace {

TEST(ShellQuoted, LeavesPlainWordsAsTheyAre) {
  for (const char* word : {"data", "/srv/kappa-1.2_b", "./a:b@c%d+e,f"}) EXPECT_EQ(shell_quoted(word), word);
}

TEST(ShellQuoted, QuotesWhatAShellWouldReadSomethingInto) {
  EXPECT_EQ(shell_quoted("sp ace/dir"), "'sp ace/dir'");
  EXPECT_EQ(shell_quoted("it's"), R"('it'\''s')");
  EXPECT_EQ(shell_quoted("~"), "'~'");
  EXPECT_EQ(shell_quoted(""), "''");
}

/// What a shell makes of each byte that a path can have is that byte.
TEST(ShellQuoted, IsOneWordForAShell) {
  for (int byte = 1; byte < 128; ++byte) {
    const std::string word{'a', static_cast<char>(byte), 'b', static_cast<char>(byte)};
    FILE* shell = popen(("printf '%s' " + shell_quoted(word)).c_str(), "r");
    ASSERT_NE(shell, nullptr);
    std::array<char, 16> output{};
    const std::size_t got = fread(output.data(), 1, output.size(), shell);
    EXPECT_EQ(pclose(shell), 0);
    EXPECT_EQ(std::string(output.data(), got), word) << "byte " << byte;
  }
}

}  // namespace
}  // namespace kappa
