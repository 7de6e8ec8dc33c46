// From the command line to an exit code. The verb is found by hand, so that common options may stand on either side of
// it and a mistyped verb gets a suggestion; its options are CLI11's to take apart (parse.cpp).
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "frame/command.hpp"
#include "frame/signals.hpp"
#include "kappa/base/near_miss.hpp"
#include "kappa/base/shell_quoted.hpp"

namespace kappa::cli {
namespace {

constexpr const char* kDefaultDirectory = "./kappa-data";

/// Common options that stand before the verb, moved behind it: how many arguments they are.
std::size_t leading_options(const std::vector<std::string>& arguments) {
  std::size_t at = 0;
  while (at < arguments.size() && arguments[at].starts_with('-')) {
    const std::string& option = arguments[at];
    const bool takes_value = option == "-d" || option == "--dir" || option == "-O" || option == "--output";
    at += takes_value ? 2 : 1;
  }
  return std::min(at, arguments.size());
}

/// Verbs that this version lacks, and what does for them.
struct LaterVerb {
  std::string_view name;
  std::string_view instead;
};
constexpr std::array kLaterVerbs{
    LaterVerb{"query", "write the query as a view in a file: kappa replay FILE.sql"},
    LaterVerb{"prove", "compare the fingerprints that kappa read VIEW --final and kappa replay FILE.sql say"},
    LaterVerb{"deploy", "drop the view and run its new definition: kappa view drop VIEW && kappa run FILE.sql"},
};

const Command* find(const std::vector<Command>& commands, std::string_view name) {
  const auto found = std::ranges::find(commands, name, &Command::name);
  return found == commands.end() ? nullptr : &*found;
}

/// The verb at the front of the arguments: two words (`topic create`) before one.
const Command* take_verb(const std::vector<Command>& commands, std::vector<std::string>& arguments) {
  for (const std::size_t words : {2U, 1U}) {
    if (arguments.size() < words) continue;
    const std::string name = words == 2 ? arguments[0] + " " + arguments[1] : arguments[0];
    const Command* command = find(commands, name);
    if (command == nullptr) continue;
    arguments.erase(arguments.begin(), arguments.begin() + static_cast<std::ptrdiff_t>(words));
    return command;
  }
  return nullptr;
}

/// All that there is are options: common ones, for which a verb is missing, or one that nobody knows.
Error no_verb(const std::string& option) {
  CommonOptions common;
  const Command any{"", "", {}, {}, {}, {"table"}, {}};
  for (const Option& known : common_options(common, any)) {
    const std::size_t comma = known.names.find(',');
    if (option.starts_with(known.names.substr(0, comma)) || option.starts_with(known.names.substr(comma + 1)))
      return {Errc::usage, fmt::format("a verb is missing beside {}", option), "kappa help"};
  }
  return {Errc::usage, fmt::format("unknown option {}, and no verb", option), "kappa help"};
}

Error unknown_verb(const std::vector<Command>& commands, const std::vector<std::string>& arguments) {
  const auto later = std::ranges::find(kLaterVerbs, arguments[0], &LaterVerb::name);
  if (later != kLaterVerbs.end())
    return {Errc::usage, fmt::format("{} is not in this version", later->name), std::string(later->instead)};
  std::vector<std::string> names;
  std::vector<std::string> of_noun;
  for (const Command& command : commands) {
    names.push_back(command.name);
    if (command.name.starts_with(arguments[0] + " ")) of_noun.push_back(command.name);
  }
  const bool has_second = arguments.size() > 1 && !arguments[1].starts_with('-');
  const std::string given = !of_noun.empty() && has_second ? arguments[0] + " " + arguments[1] : arguments[0];
  std::string near = near_miss(given, of_noun.empty() ? names : of_noun);
  if (near.empty() && has_second) near = near_miss(arguments[0] + " " + arguments[1], names);
  if (!near.empty()) {
    return {Errc::usage, fmt::format("unknown verb \"{}\"", given), fmt::format("did you mean: kappa {}", near)};
  }
  if (of_noun.empty()) return {Errc::usage, fmt::format("unknown verb \"{}\"", given), "kappa help"};
  std::string list;
  for (const std::string& name : of_noun) list += (list.empty() ? "kappa " : ", kappa ") + name;
  return {Errc::usage, has_second ? fmt::format("unknown verb \"{}\"", given) : fmt::format("{} what?", given), list};
}

int report(const Error& error) {
  std::fputs(error_text(error).c_str(), stderr);
  return static_cast<int>(error.code);
}

/// `kappa help VERB`, also as `kappa VERB --help`.
int show_help(const std::vector<Command>& commands, std::vector<std::string> topic, Output& out) {
  const Command* command = topic.empty() ? nullptr : take_verb(commands, topic);
  if (command == nullptr && !topic.empty()) return report(unknown_verb(commands, topic));
  auto written = out.write(command == nullptr ? overview_text(commands) : help_text(*command));
  if (written) written = out.flush();
  if (!written && out.closed_by_reader()) die_of_closed_pipe();
  return written ? 0 : report(written.error());
}

int run_command(const std::vector<Command>& commands, const Command& command, const CommonOptions& common) {
  Output out(STDOUT_FILENO);
  const Signals signals;
  Context context{commands, common, out, signals, signals.token()};
  Result<int> code = command.run(context);
  if (auto flushed = out.flush(); !flushed && code) code = propagate(flushed);
  if (out.closed_by_reader()) die_of_closed_pipe();
  if (code) return *code;
  // Whoever pressed Ctrl-C knows it.
  if (code.error().code == Errc::interrupted && signals.received() != 0) return signals.code_of_cut_work();
  code.error().hint = pasteable(commands, std::move(code.error().hint), common.directory_option);
  return report(code.error());
}

/// The directory that is used where the options name none, and how hints name the one in use. Those of a restore are
/// about the backup or its original, not about the directory that it makes.
void settle_directory(CommonOptions& common, const Command& command) {
  const char* environment = std::getenv("KAPPA_DIR");
  if (common.directory.empty() && environment != nullptr) common.directory = environment;
  const bool named = !common.directory.empty();
  if (!named) common.directory = kDefaultDirectory;
  if (named && command.name != "restore") common.directory_option = " -d " + shell_quoted(common.directory);
}

}  // namespace

int dispatch(const std::vector<Command>& commands, std::vector<std::string> arguments) {
  std::rotate(arguments.begin(), arguments.begin() + static_cast<std::ptrdiff_t>(leading_options(arguments)),
              arguments.end());
  Output out(STDOUT_FILENO);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // A limit of file sizes is an error value of the write, too.
  end_in_words_without_a_page();
  const bool bare = arguments.empty() || arguments[0].starts_with('-');
  if (bare && std::ranges::find(arguments, "--version") != arguments.end()) arguments = {"version"};
  if (arguments.empty()) {
    (void)show_help(commands, {}, out);
    return static_cast<int>(Errc::usage);
  }
  if (arguments[0] == "help") return show_help(commands, {arguments.begin() + 1, arguments.end()}, out);
  if (arguments[0] == "--help" || arguments[0] == "-h") return show_help(commands, {}, out);
  const Command* command = take_verb(commands, arguments);
  if (command == nullptr && arguments[0].starts_with('-')) return report(no_verb(arguments[0]));
  if (command == nullptr) return report(unknown_verb(commands, arguments));
  CommonOptions common;
  const auto parsed = parse_arguments(*command, common, std::move(arguments));
  if (!parsed) return report(parsed.error());
  if (parsed->help) return show_help(commands, {command->name}, out);
  settle_directory(common, *command);
  return run_command(commands, *command, common);
}

}  // namespace kappa::cli
