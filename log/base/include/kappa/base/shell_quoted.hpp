#pragma once
#include <string>
#include <string_view>

namespace kappa {

/// A text as one word of a shell's command: as it is where no shell would read anything into it, else in single quotes.
/// For the commands in hints, which are copied as they stand.
[[nodiscard]] inline std::string shell_quoted(std::string_view text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+,";
  const bool plain = !text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos;
  if (plain) return std::string(text);
  std::string quoted = "'";
  for (const char c : text) c == '\'' ? quoted += "'\\''" : quoted += c;
  return quoted + "'";
}

}  // namespace kappa
