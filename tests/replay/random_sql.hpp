#pragma once
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace kappa::test {

/// A seeded source of choices. The same seed gives the same choices with every compiler.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  [[nodiscard]] bool chance(std::uint64_t percent) { return below(100) < percent; }
  template <typename T>
  [[nodiscard]] const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }

 private:
  std::mt19937_64 engine_;
};

/// SQL type families of the generator.
enum class Family { boolean, integer, bigint, numeric, real, text, timestamp, date };

/// A column that an expression may name.
struct NamedColumn {
  std::string name;
  Family family;
};

/// A table, and the columns of its primary key: none where it only grows.
struct RandomTable {
  std::string name;
  std::vector<std::string> primary_key;
};

/// One random view in the forms that a test compares: as a chain of two materialized views, as one view over an
/// inlined one, with its conjuncts in another order and columns added that nothing uses, and as one that errors stop.
struct RandomView {
  std::string tables;    ///< CREATE TABLE statements.
  std::string chain;     ///< MATERIALIZED base, MATERIALIZED top.
  std::string one_pass;  ///< VIEW base, MATERIALIZED top.
  std::string permuted;  ///< As one_pass, conjuncts permuted, unused columns that fail for some rows added.
  std::string stopping;  ///< As one_pass, with on_error = 'stop'.
  std::vector<RandomTable> sources;
  std::vector<std::string> topics;  ///< Their names.
  bool base_has_no_errors = false;  ///< So that chain and one_pass mean the same.
};

/// Tables t0, t1, t2 have these columns; random events (random_events.hpp) fit them.
[[nodiscard]] const std::vector<NamedColumn>& table_columns();
[[nodiscard]] std::string create_table(const RandomTable& table);
[[nodiscard]] inline std::string create_table(const std::string& name) {
  return create_table(RandomTable{name, {}});
}

/// Random expressions and views of the grammar.
class RandomSql {
 public:
  explicit RandomSql(Dice& dice) : dice_(dice) {}
  [[nodiscard]] std::string expression(Family family, const std::vector<NamedColumn>& columns, int depth);
  /// Conjuncts of a WHERE, to be joined by AND in any order.
  [[nodiscard]] std::vector<std::string> conjuncts(const std::vector<NamedColumn>& columns);
  [[nodiscard]] RandomView view();

 private:
  void add_sources(RandomView& made);
  [[nodiscard]] std::string boolean(const std::vector<NamedColumn>& columns, int depth);
  [[nodiscard]] std::string number(Family family, const std::vector<NamedColumn>& columns, int depth);
  [[nodiscard]] std::string text(const std::vector<NamedColumn>& columns, int depth);
  [[nodiscard]] std::string time(Family family, const std::vector<NamedColumn>& columns, int depth);
  [[nodiscard]] std::string leaf(Family family, const std::vector<NamedColumn>& columns);
  [[nodiscard]] std::string literal(Family family);
  [[nodiscard]] std::string aggregate(const std::vector<NamedColumn>& columns);

  Dice& dice_;
};

}  // namespace kappa::test
