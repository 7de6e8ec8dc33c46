#include "text/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "kappa/base/utf8.hpp"

namespace kappa::cli {
namespace {

std::string printable(const std::string& cell) {
  std::string shown;
  for (const char c : cell) {
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) {
      shown.push_back(c);
    } else {
      shown += c == '\n' ? "\\n" : c == '\t' ? "\\t" : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return shown;
}

}  // namespace

void TextTable::add(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = printable(cell);
  rows_.push_back(std::move(cells));
}

std::string TextTable::text() const {
  std::vector<std::string> names;
  for (const Heading& heading : headings_) names.push_back(heading.name);
  std::vector<std::size_t> widths(headings_.size());
  const auto widen = [&widths](const std::vector<std::string>& row) {
    for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], count_characters(row[i]));
  };
  widen(names);
  for (const auto& row : rows_) widen(row);
  std::string text;
  const auto put = [&](const std::vector<std::string>& row) {
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const std::string padding(widths[i] - count_characters(row[i]), ' ');
      text += headings_[i].align == Align::right ? padding + row[i] : row[i] + padding;
      text += i + 1 < widths.size() ? "  " : "";
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += "\n";
  };
  put(names);
  for (const auto& row : rows_) put(row);
  return text;
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string human_bytes(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> kUnits{"KiB", "MiB", "GiB", "TiB", "PiB"};
  constexpr double kStep = 1024;
  if (bytes < static_cast<std::uint64_t>(kStep)) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes) / kStep;
  std::size_t unit = 0;
  for (; value >= kStep && unit + 1 < kUnits.size(); ++unit) value /= kStep;
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

}  // namespace kappa::cli
