// Hints come from every layer, and most of them do not know how the user named the directory, so it is put into their
// commands in the one place that prints them.
#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "frame/command.hpp"

namespace kappa::cli {
namespace {

constexpr std::string_view kProgram = "kappa ";
/// They use no directory, or one of their own that is yet to be made.
constexpr std::array<std::string_view, 3> kElsewhere{"help", "version", "restore"};

bool in_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("_-./").contains(c);
}

/// Length of the verb that the text begins with, if it works on the directory; 0: none.
std::size_t verb_size(const std::vector<Command>& commands, std::string_view text) {
  for (const Command& command : commands) {
    const std::string& name = command.name;
    if (!text.starts_with(name) || std::ranges::find(kElsewhere, name) != kElsewhere.end()) continue;
    if (text.size() == name.size() || !in_word(text[name.size()])) return name.size();
  }
  return 0;
}

/// What belongs to a command may be followed by prose, but not by another command.
bool names_directory(std::string_view command) {
  command = command.substr(0, command.find(kProgram));
  return command.contains(" -d ") || command.contains(" --dir ");
}

}  // namespace

std::string pasteable(const std::vector<Command>& commands, std::string hint, const std::string& directory_option) {
  if (directory_option.empty()) return hint;
  for (std::size_t at = hint.find(kProgram); at != std::string::npos; at = hint.find(kProgram, at)) {
    const bool is_program = at == 0 || !in_word(hint[at - 1]);
    at += kProgram.size();
    const std::string_view rest = std::string_view(hint).substr(at);
    const std::size_t verb = is_program ? verb_size(commands, rest) : 0;
    if (verb == 0 || names_directory(rest)) continue;
    hint.insert(at + verb, directory_option);
    at += verb + directory_option.size();
  }
  return hint;
}

}  // namespace kappa::cli
