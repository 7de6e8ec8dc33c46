#include "event_text.hpp"

#include <charconv>
#include <random>

#include "fmt/format.h"

namespace kappa::powercut {
namespace {

constexpr std::string_view kBegin = R"({"id":)";

std::string filler(std::uint64_t id) {
  std::mt19937_64 random(id * 0x9e3779b97f4a7c15U);
  // Mostly short; now and then longer than some blocks of the disk.
  const std::uint64_t bytes = random() % 40 == 0 ? random() % 20'000 : random() % 400;
  std::string text;
  while (text.size() < bytes) fmt::format_to(std::back_inserter(text), "{:x}", random());
  return text;
}

}  // namespace

std::string event_text(std::uint64_t id, std::string_view topic) {
  return fmt::format(R"({}{},"topic":"{}","filler":"{}"}})", kBegin, id, topic, filler(id));
}

std::optional<std::uint64_t> event_id(std::string_view text, std::string_view topic) {
  if (!text.starts_with(kBegin)) return {};
  std::uint64_t id = 0;
  const auto number = text.substr(kBegin.size());
  if (std::from_chars(number.data(), number.data() + number.size(), id).ec != std::errc{}) return {};
  if (text != event_text(id, topic)) return {};
  return id;
}

}  // namespace kappa::powercut
