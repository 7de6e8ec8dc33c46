#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "frame/command.hpp"

namespace kappa::cli {
namespace {

void put_rows(std::string& to, const std::vector<std::pair<std::string, std::string>>& rows) {
  std::size_t width = 0;
  for (const auto& [left, right] : rows) width = std::max(width, left.size());
  for (const auto& [left, right] : rows) to += fmt::format("  {:<{}}  {}\n", left, width, right);
}

std::string option_names(const Option& option) {
  std::string names = option.names.starts_with("--") ? "    " + option.names : option.names;
  if (const std::size_t comma = names.find(','); comma != std::string::npos) names.insert(comma + 1, " ");
  return option.value_name.empty() ? names : names + " " + option.value_name;
}

std::string usage_line(const Command& command) {
  std::string line = "kappa " + command.name;
  for (const Positional& positional : command.positionals) {
    const bool many = std::holds_alternative<std::vector<std::string>*>(positional.target);
    const std::string name = positional.name + (many ? "…" : "");
    line += positional.need == Positional::Need::required ? " " + name : " [" + name + "]";
  }
  return line + " [options]";
}

}  // namespace

OutputMode CommonOptions::mode() const {
  if (output == "table") return OutputMode::table;
  if (output == "ndjson") return OutputMode::ndjson;
  if (output == "json") return OutputMode::json;
  return OutputMode::standard;
}

void Context::say(const std::string& line) const {
  if (common.quiet) return;
  std::fputs((pasteable(commands, line, common.directory_option) + "\n").c_str(), stderr);
}

std::vector<Option> common_options(CommonOptions& common, const Command& command) {
  std::vector<Option> options{
      {"-d,--dir", "DIR", "Data directory (environment KAPPA_DIR; default ./kappa-data)", &common.directory},
      {"-q,--quiet", "", "No talk on stderr, errors excepted", &common.quiet}};
  if (!command.outputs.empty()) {
    const std::string help = fmt::format("How to print: {}", fmt::join(command.outputs, ", "));
    options.push_back({"-O,--output", "MODE", help, &common.output, command.outputs});
  }
  return options;
}

std::string help_text(const Command& command) {
  std::string text = fmt::format("{}\n\nExamples:\n", command.summary);
  for (const std::string& example : command.examples) text += "  " + example + "\n";
  text += "\nUsage: " + usage_line(command) + "\n";
  std::vector<std::pair<std::string, std::string>> rows;
  for (const Positional& positional : command.positionals) rows.emplace_back(positional.name, positional.help);
  if (!rows.empty()) text += "\nArguments:\n";
  put_rows(text, rows);
  rows.clear();
  CommonOptions common;
  for (const Option& option : command.options) rows.emplace_back(option_names(option), option.help);
  for (const Option& option : common_options(common, command)) rows.emplace_back(option_names(option), option.help);
  rows.emplace_back("-h, --help", "This help");
  text += "\nOptions:\n";
  put_rows(text, rows);
  for (const std::string& note : command.notes) text += "\n" + note + "\n";
  return text;
}

std::string overview_text(const std::vector<Command>& commands) {
  std::string text =
      "kappa: an append-only event log and a replay engine. Live equals replay, provably.\n\n"
      "Usage: kappa VERB [arguments] [options]\n\nVerbs:\n";
  std::vector<std::pair<std::string, std::string>> rows;
  for (const Command& command : commands) rows.emplace_back(command.name, command.summary);
  put_rows(text, rows);
  text +=
      "\nData is on stdout, talk on stderr. Exit codes: 0 ok, 1 the answer is no, 2 usage, 3 bad input, 4 not found,\n"
      "5 conflict, 6 input/output, 7 corruption, 9 query, 130 interrupted.\n"
      "See `kappa help VERB`.\n";
  return text;
}

std::string error_text(const Error& error) {
  std::string text = "kappa: " + error.message + "\n";
  if (!error.detail.empty()) text += error.detail + (error.detail.ends_with('\n') ? "" : "\n");
  if (!error.hint.empty()) text += "hint: " + error.hint + "\n";
  return text;
}

}  // namespace kappa::cli
