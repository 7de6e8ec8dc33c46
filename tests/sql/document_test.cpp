// The examples of docs/sql.md: every block compiles, every block marked `refused` is refused.
#include <fstream>
#include <vector>

#include "compiling.hpp"

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

}  // namespace
}  // namespace kappa::test
