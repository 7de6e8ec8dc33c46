#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "frame/command.hpp"

namespace kappa::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A command with an option of every kind.
class CommandLine : public ::testing::Test {
 protected:
  std::string parse(std::vector<std::string> arguments) {
    const auto parsed = parse_arguments(command_, common_, std::move(arguments));
    if (parsed) return parsed->help ? "help" : "taken";
    EXPECT_EQ(parsed.error().code, Errc::usage);
    return error_text(parsed.error());
  }

  std::string topic_;
  std::vector<std::string> files_;
  std::string range_;
  std::optional<std::uint64_t> count_;
  std::vector<std::string> headers_;
  bool envelope_ = false;
  CommonOptions common_;
  Command command_{"read",
                   "Reads",
                   {"kappa read orders", "kappa read -n 1", "kappa read -J"},
                   {{"TOPIC", "a topic", &topic_}, {"FILE", "files", &files_, Positional::Need::optional}},
                   {{"-o,--offset", "RANGE", "Where", &range_},
                    {"-n,--num", "N", "How many", &count_},
                    {"-H,--header", "NAME=VALUE", "Headers", &headers_},
                    {"-J,--json", "", "Envelopes", &envelope_}},
                   {"table", "json"},
                   {}};
};

TEST_F(CommandLine, TakesEveryKindOfOption) {
  EXPECT_EQ(parse({"orders", "-n", "5", "-J", "-H", "a=1", "-H", "b:2", "--offset=8:end"}), "taken");
  EXPECT_EQ(topic_, "orders");
  EXPECT_EQ(count_, 5U);
  EXPECT_TRUE(envelope_);
  EXPECT_THAT(headers_, ElementsAre("a=1", "b:2"));
  EXPECT_EQ(range_, "8:end");
}

TEST_F(CommandLine, ValuesMayBeginWithADash) {
  EXPECT_EQ(parse({"orders", "-o", "-10"}), "taken");
  EXPECT_EQ(range_, "-10");
  EXPECT_EQ(parse({"orders", "-", "--", "-file"}), "taken");
  EXPECT_THAT(files_, ElementsAre("-", "-file"));
}

TEST_F(CommandLine, ShortOptionsTakeTheirValueWithoutAnEqualsSign) {
  EXPECT_EQ(parse({"orders", "-n=2"}),
            "kappa: read: -n=2: a short option takes its value without =\nhint: write -n 2\n");
  EXPECT_THAT(parse({"-O=json", "orders"}), HasSubstr("hint: write -O json\n"));
  EXPECT_THAT(parse({"orders", "-J=1"}), HasSubstr("read: -J takes no value"));
  EXPECT_THAT(parse({"orders", "-x=1"}), HasSubstr("unknown option -x"));
  EXPECT_EQ(parse({"orders", "--num=2", "-o", "-n=3", "-H", "=", "--", "-n=4"}), "taken");
  EXPECT_EQ(range_, "-n=3");
  EXPECT_THAT(files_, ElementsAre("-n=4"));
}

TEST_F(CommandLine, CommonOptionsStandAmongTheOthers) {
  EXPECT_EQ(parse({"-d", "elsewhere", "orders", "-q", "-O", "json"}), "taken");
  EXPECT_EQ(common_.directory, "elsewhere");
  EXPECT_TRUE(common_.quiet);
  EXPECT_EQ(common_.mode(), OutputMode::json);
}

TEST_F(CommandLine, SuggestsTheNearestOption) {
  EXPECT_THAT(parse({"orders", "--ofset", "8"}), HasSubstr("unknown option --ofset\nhint: did you mean --offset?"));
  EXPECT_THAT(parse({"orders", "--jsn"}), HasSubstr("did you mean --json?"));
  EXPECT_THAT(parse({"orders", "-z"}), HasSubstr("unknown option -z\nhint: kappa read --help"));
  EXPECT_THAT(parse({"orders", "-O", "tabel"}), HasSubstr("did you mean table?"));
}

TEST_F(CommandLine, NamesWhatIsMissingOrWrong) {
  EXPECT_THAT(parse({}), HasSubstr("kappa: read: TOPIC is missing"));
  EXPECT_THAT(parse({"orders", "-n"}), HasSubstr("--num"));
  EXPECT_THAT(parse({"orders", "-n", "5x"}), HasSubstr("-n,--num takes a whole number, not \"5x\""));
  EXPECT_THAT(parse({"orders", "-n", "-5"}), HasSubstr("takes a whole number"));
  EXPECT_THAT(parse({"orders", "-n", "99999999999999999999"}), HasSubstr("takes a whole number"));
}

TEST_F(CommandLine, HelpNeedsNothingElse) {
  EXPECT_EQ(parse({"--help"}), "help");
  EXPECT_EQ(parse({"-h"}), "help");
}

TEST_F(CommandLine, HelpLeadsWithExamples) {
  const std::string help = help_text(command_);
  EXPECT_LT(help.find("kappa read orders"), help.find("Usage: kappa read TOPIC [FILE…] [options]"));
  EXPECT_THAT(help, HasSubstr("-o, --offset RANGE"));
  EXPECT_THAT(help, HasSubstr("How to print: table, json"));
}

TEST(ErrorText, HasDetailAndHintOnTheirOwnLines) {
  EXPECT_EQ(error_text({Errc::query, "f.sql:1:8: no column x", "did you mean y?", "SELECT x\n       ^"}),
            "kappa: f.sql:1:8: no column x\nSELECT x\n       ^\nhint: did you mean y?\n");
}

}  // namespace
}  // namespace kappa::cli
