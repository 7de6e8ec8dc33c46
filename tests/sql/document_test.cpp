// The examples of docs/sql.md: every block compiles and runs, every block marked `refused` is refused.
#include <fstream>
#include <vector>

#include "running.hpp"

namespace kappa::test {
namespace {

struct Example {
  int line = 0;
  bool refused = false;
  std::string text;
};

std::vector<Example> read_examples() {
  std::ifstream file(std::string(KAPPA_SOURCE_DIR) + "/docs/sql.md");
  std::vector<Example> examples;
  bool inside = false;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (!inside && line.starts_with("```sql"))
      examples.push_back({number, line.ends_with("refused"), ""});
    else if (inside && !line.starts_with("```"))
      examples.back().text += line + "\n";
    inside = inside ? !line.starts_with("```") : line.starts_with("```sql");
  }
  return examples;
}

/// The first block defines the tables of all others; a block that begins with SELECT is the query of a view.
std::string complete(const Example& example, const Example& tables) {
  if (&example == &tables) return example.text;
  const bool query = example.text.starts_with("SELECT");
  return fmt::format("{}\n{}{}", tables.text, query ? "CREATE MATERIALIZED VIEW example AS\n" : "", example.text);
}

TEST(Document, ExamplesCompileOrAreRefusedAsTheySay) {
  const std::vector<Example> examples = read_examples();
  ASSERT_GT(examples.size(), 20U);
  for (const Example& example : examples) {
    const auto result = sql::compile(complete(example, examples.front()), "docs/sql.md");
    EXPECT_EQ(!result, example.refused) << "docs/sql.md:" << example.line << "\n" << message_of(result);
  }
}

/// Rows for any of the document's tables: enough for groups of several rows, over a limit and over none.
std::vector<std::string> some_events() {
  std::vector<std::string> events;
  for (int i = 0; i < 40; ++i)
    events.push_back(fmt::format(
        R"({{"auction":{},"bidder":{},"price":{},"channel":"{}","at":"2024-02-29T23:59:{}","id":"s{}","readAt":{}}})",
        i % 2, i % 5, i % 4 * 700,
        i % 7 == 0   ? "7"
        : i % 3 == 0 ? "web"
                     : "app/a",
        10 + i, i, i));
  return events;
}

TEST(Document, ExamplesOfQueriesRunAndGiveRows) {
  const std::vector<Example> examples = read_examples();
  for (const Example& example : examples) {
    SCOPED_TRACE(fmt::format("docs/sql.md:{}", example.line));
    if (example.refused || example.text.find("SELECT") == std::string::npos) continue;
    const auto contents = run(sql::compile(complete(example, examples.front()), "docs/sql.md"), some_events());
    EXPECT_TRUE(!contents.empty() && !contents[0].empty()) << example.text;
  }
}

}  // namespace
}  // namespace kappa::test
