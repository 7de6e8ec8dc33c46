#pragma once
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <string_view>

#include "kappa/processor/schema.hpp"

namespace kappa::test {

/// The seed of a random test: KAPPA_SEED, or a fresh one. Printed, so that a failure can be repeated.
[[nodiscard]] inline std::uint64_t seed_of_run() {
  const char* given = std::getenv("KAPPA_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::cout << "KAPPA_SEED=" << seed << "\n";
  return seed;
}

/// A column of each type, under the names that RandomJson uses.
inline const processor::Schema kOddSchema{
    {"i", {processor::TypeKind::integer}},         {"n", {processor::TypeKind::bigint}},
    {"d", {processor::TypeKind::numeric, 6, 2}},   {"x", {processor::TypeKind::double_precision}},
    {"b", {processor::TypeKind::boolean}},         {"t", {processor::TypeKind::text}},
    {"v", {processor::TypeKind::text, -1, -1, 3}}, {"q", {processor::TypeKind::numeric}},
    {"s", {processor::TypeKind::timestamp}},       {"day", {processor::TypeKind::date}}};

/// Odd JSON documents: mostly objects with kOddSchema's members in some order, some of them damaged. Always UTF-8.
class RandomJson {
 public:
  explicit RandomJson(std::uint64_t seed) : random_(seed) {}

  [[nodiscard]] std::size_t below(std::size_t bound) { return random_() % bound; }

  [[nodiscard]] std::string document() {
    std::string text = "{";
    const std::size_t members = below(7);
    for (std::size_t i = 0; i < members; ++i) text += (i == 0 ? "" : ",") + blank() + member() + blank();
    text += "}";
    if (below(50) == 0) text = value(0);
    // Damaged times are the business of the parser's own tests.
    const bool has_time = text.find("\"s\"") != std::string::npos || text.find("2020") != std::string::npos;
    if (!has_time && below(12) == 0) damage(text);
    return text;
  }

 private:
  template <std::size_t kCount>
  std::string pick(const std::array<std::string_view, kCount>& from) {
    return std::string(from[below(kCount)]);
  }
  std::string blank() { return below(5) == 0 ? " " : ""; }

  std::string member() {
    static constexpr std::array<std::string_view, 12> kNames{"i", "n", "d",   "x",     "b",       "t",
                                                             "v", "q", "day", "other", "\\u006e", "N"};
    if (below(10) == 0) return "\"s\":" + time();
    return "\"" + pick(kNames) + "\"" + blank() + ":" + blank() + value(0);
  }
  std::string time() {
    static constexpr std::array<std::string_view, 8> kTimes{"\"2015-07-15 00:00:00.005\"",
                                                            "\"2015-07-15T23:59:59.999999\"",
                                                            "\"2015-02-30 00:00:00\"",
                                                            "null",
                                                            "\"2015-07-15\"",
                                                            "\"infinity\"",
                                                            "\"0001-01-01 00:00:00\"",
                                                            "\"x\""};
    return pick(kTimes);
  }
  std::string value(std::size_t depth) {
    static constexpr std::array<std::string_view, 40> kValues{"0",
                                                              "-0",
                                                              "1",
                                                              "-17",
                                                              "2147483647",
                                                              "2147483648",
                                                              "9223372036854775807",
                                                              "9223372036854775808",
                                                              "1e3",
                                                              "5.0",
                                                              "1.005",
                                                              "9999.994",
                                                              "9999.995",
                                                              "1e-7",
                                                              "1e20",
                                                              "0.1",
                                                              "true",
                                                              "false",
                                                              "null",
                                                              "\"\"",
                                                              "\"5\"",
                                                              "\" 7 \"",
                                                              "\"t\"",
                                                              "\"yes\"",
                                                              "\"abc\"",
                                                              "\"abc  \"",
                                                              "\"abcd\"",
                                                              "\"NaN\"",
                                                              "\"Infinity\"",
                                                              "\"-inf\"",
                                                              "\"1e37\"",
                                                              "12345678",
                                                              "123456789",
                                                              "1234567890123456",
                                                              "12345678901234567",
                                                              "\"\\u00e9\\n\"",
                                                              "\"\\ud83d\\ude00\"",
                                                              "\"é😀\"",
                                                              "\"a\\\"b\\\\\"",
                                                              "\"2020-02-29\""};
    if (depth > 3 || below(8) != 0) return pick(kValues);
    if (below(2) == 0) return "[" + (below(4) == 0 ? "" : value(depth + 1) + "," + value(depth + 1)) + "]";
    return "{" + (below(4) == 0 ? "" : "\"k\": " + value(depth + 1)) + "}";
  }
  void damage(std::string& text) {
    static constexpr std::string_view kBytes = "{}[]:,\"\\ 0-.eEtnu\t";
    const std::size_t at = below(text.size());
    const char byte = kBytes[below(kBytes.size())];
    if (static_cast<unsigned char>(text[at]) >= 0x80) return;
    if (below(2) == 0)
      text[at] = byte;
    else
      text.insert(at, 1, byte);
  }

  std::mt19937_64 random_;
};

}  // namespace kappa::test
