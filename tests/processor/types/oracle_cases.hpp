#pragma once
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "kappa/processor/scalar.hpp"
#include "postgres.hpp"

namespace kappa::processor::test {

/// Expressions with what kappa makes of them, to be compared with what PostgreSQL does: value as text, or SQLSTATE and
/// message.
class OracleCases {
 public:
  void add(std::string expression, std::string ours) {
    expressions_.push_back(std::move(expression));
    ours_.push_back(std::move(ours));
  }
  /// Asks PostgreSQL all at once. Fails for every difference but those of docs/sql.md: numerics beyond 38 digits,
  /// timestamps beyond 64 bits since 1970, zones by name, keywords that read a clock.
  void compare() const;

  [[nodiscard]] std::size_t size() const { return expressions_.size(); }

 private:
  std::vector<std::string> expressions_;
  std::vector<std::string> ours_;
};

/// The text of a result of a type, errors as OracleCases wants them.
[[nodiscard]] std::string to_outcome(const Scalar<Value>& result, TypeKind kind);
[[nodiscard]] std::string to_outcome(const RowError& error);
template <typename T>
[[nodiscard]] std::string to_outcome(const Scalar<T>& result, TypeKind kind) {
  if (!result) return to_outcome(result.error());
  return to_outcome(Scalar<Value>(Value(*result)), kind);
}

/// Builds texts out of pieces.
class RandomTexts {
 public:
  explicit RandomTexts(std::uint64_t seed) : random_(seed) {}

  [[nodiscard]] std::int64_t between(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random_);
  }
  [[nodiscard]] std::uint64_t bits() { return random_(); }
  [[nodiscard]] bool chance(int percent) { return between(1, 100) <= percent; }
  [[nodiscard]] std::string pick(const std::vector<std::string>& pieces) {
    return pieces[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(pieces.size()) - 1))];
  }
  [[nodiscard]] std::string digits(std::int64_t least, std::int64_t most) {
    std::string text;
    for (std::int64_t count = between(least, most); count > 0; --count)
      text.push_back(static_cast<char>('0' + between(0, 9)));
    return text;
  }
  /// Sometimes with blanks around, a byte changed, or a piece lost.
  [[nodiscard]] std::string disturbed(std::string text);

  [[nodiscard]] std::string number();
  [[nodiscard]] std::string timestamp();
  [[nodiscard]] std::string interval();

 private:
  [[nodiscard]] std::string date();
  [[nodiscard]] std::string time();

  std::mt19937_64 random_;
};

}  // namespace kappa::processor::test
