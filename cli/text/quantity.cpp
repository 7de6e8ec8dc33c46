#include "text/quantity.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <span>

namespace kappa::cli {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t size;
};

constexpr std::uint64_t kSecond = 1'000'000;
constexpr Unit kTimes[] = {
    {"w", 604'800 * kSecond}, {"d", 86'400 * kSecond}, {"h", 3'600 * kSecond}, {"min", 60 * kSecond}, {"s", kSecond}};
constexpr Unit kSizes[] = {{"", 1},
                           {"B", 1},
                           {"kB", 1'000},
                           {"MB", 1'000'000},
                           {"GB", 1'000'000'000},
                           {"TB", 1'000'000'000'000},
                           {"KiB", 1ull << 10},
                           {"MiB", 1ull << 20},
                           {"GiB", 1ull << 30},
                           {"TiB", 1ull << 40}};
constexpr std::uint64_t kTimeMax = 365'250ull * 86'400 * kSecond;  ///< A thousand years.
constexpr std::uint64_t kSizeMax = 1ull << 62;

/// nullopt: no such quantity, or nothing at all.
std::optional<std::uint64_t> parse(std::string_view text, std::span<const Unit> units, std::uint64_t most) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc{} || number == 0) return std::nullopt;
  const std::string_view name(parsed.ptr, end);
  for (const Unit& unit : units)
    if (unit.name == name && number <= most / unit.size) return number * unit.size;
  return std::nullopt;
}

}  // namespace

Result<Micros> parse_duration(std::string_view text) {
  if (const auto micros = parse(text, kTimes, kTimeMax)) return static_cast<Micros>(*micros);
  return fail(Errc::usage, fmt::format("\"{}\" is no length of time", text),
              "a whole number above 0 and s, min, h, d or w: 90min, 30d");
}

std::string duration_text(Micros duration) {
  const auto micros = static_cast<std::uint64_t>(duration);
  for (const Unit& unit : kTimes)
    if (micros % unit.size == 0) return fmt::format("{} {}", micros / unit.size, unit.name);
  return fmt::format("{} us", micros);
}

Result<std::uint64_t> parse_bytes(std::string_view text) {
  if (const auto bytes = parse(text, kSizes, kSizeMax)) return *bytes;
  return fail(Errc::usage, fmt::format("\"{}\" is no number of bytes", text),
              "a whole number above 0, and perhaps kB, MB, GB, TB, KiB, MiB, GiB or TiB: 500MB, 50GiB");
}

}  // namespace kappa::cli
