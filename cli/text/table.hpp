#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kappa::cli {

/// Rows of text under headings, for people: columns as wide as their widest cell in characters, numbers to the right.
class TextTable {
 public:
  enum class Align : std::uint8_t { left, right };
  struct Heading {
    std::string name;
    Align align = Align::left;
  };
  explicit TextTable(std::vector<Heading> headings) : headings_(std::move(headings)) {}

  /// One cell for each heading. Line breaks and other control characters are shown as escapes.
  void add(std::vector<std::string> cells);
  [[nodiscard]] std::string text() const;

 private:
  std::vector<Heading> headings_;
  std::vector<std::vector<std::string>> rows_;
};

/// `1 event`, `2 events`.
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view noun);

/// `1.5 GiB`, `340 B`.
[[nodiscard]] std::string human_bytes(std::uint64_t bytes);

}  // namespace kappa::cli
