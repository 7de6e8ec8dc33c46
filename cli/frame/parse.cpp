// The one file that includes CLI11, which is slow to compile. CLI11 only takes the arguments apart; names of verbs,
// suggestions, messages, exit codes and precedence are ours. Required arguments are checked here and not by CLI11, so
// that `--help` works whatever else is missing.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <string_view>
#include <utility>

#include "frame/command.hpp"
#include "kappa/base/near_miss.hpp"

namespace kappa::cli {
namespace {

std::string try_help(const Command& command) {
  return fmt::format("kappa {} --help", command.name);
}

std::vector<std::string> names_of(const Option& option) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at < option.names.size();) {
    const std::size_t comma = std::min(option.names.find(',', at), option.names.size());
    names.push_back(option.names.substr(at, comma - at));
    at = comma + 1;
  }
  return names;
}

std::vector<std::string> names_of(const std::vector<Option>& options) {
  std::vector<std::string> names;
  for (const Option& option : options) std::ranges::move(names_of(option), std::back_inserter(names));
  return names;
}

const Option* named(const std::vector<Option>& options, const std::string& name) {
  const auto found = std::ranges::find_if(options, [&](const Option& option) {
    const std::vector<std::string> names = names_of(option);
    return std::ranges::find(names, name) != names.end();
  });
  return found == options.end() ? nullptr : &*found;
}

/// Text values wait here until CLI11 has seen everything: counts are parsed by us, to the last digit.
struct Pending {
  const Option* option;
  std::string text;
};

void add_option(CLI::App& app, const Option& option, Pending& pending) {
  if (auto* const* flag = std::get_if<bool*>(&option.target)) {
    app.add_flag(option.names, **flag);
  } else if (auto* const* many = std::get_if<std::vector<std::string>*>(&option.target)) {
    app.add_option(option.names, **many)->allow_extra_args(false);
  } else {
    app.add_option(option.names, pending.text)->allow_extra_args(false);
  }
}

/// What people know from other programs, and what does for it.
struct ForeignOption {
  std::string_view command;
  std::string_view name;
  std::string_view why;
  std::string_view instead;
};
constexpr std::array kForeignOptions{
    ForeignOption{"tail", "-f", "tail already follows", "kappa tail TOPIC"},
    ForeignOption{"tail", "--from-beginning", "-o says where to begin", "kappa tail TOPIC -o start"},
    ForeignOption{"read", "--from-beginning", "read begins at the start", "kappa read TOPIC"},
    ForeignOption{"topic create", "--replication-factor", "a directory holds one copy", "kappa backup makes others"},
    ForeignOption{"topic set", "--partitions", "a topic keeps the number it was made with",
                  "copy it to one that has more: kappa topic create NEW --partitions N && kappa read TOPIC -J | kappa "
                  "append NEW -J"},
};

Error unknown_argument(const Command& command, const std::string& argument, const std::vector<Option>& options) {
  const std::string name = argument.substr(0, argument.find('='));
  if (name.size() < 2 || name[0] != '-') {
    return {Errc::usage, fmt::format("{}: unexpected argument \"{}\"", command.name, argument), try_help(command)};
  }
  for (const ForeignOption& foreign : kForeignOptions)
    if (command.name == foreign.command && name == foreign.name)
      return {Errc::usage, fmt::format("{}: {} is not an option; {}", command.name, name, foreign.why),
              std::string(foreign.instead)};
  const std::vector<std::string> names = names_of(options);
  const std::string near = name[1] == '-' ? near_miss(name, names) : std::string{};
  const std::string what = fmt::format("{}: unknown option {}", command.name, name);
  if (near.empty()) return {Errc::usage, what, try_help(command)};
  return {Errc::usage, what, fmt::format("did you mean {}? See {}", near, try_help(command))};
}

/// CLI11 takes `-n=2` for the value "=2" and `-J=1` for the flags J, = and 1. Nobody means that.
Result<void> check_short_options(const Command& command, const std::vector<Option>& options,
                                 const std::vector<std::string>& arguments) {
  bool is_value = false;  // Of the option before it, whatever it looks like.
  for (const std::string& argument : arguments) {
    const Option* const whole = named(options, argument);
    if (std::exchange(is_value, !is_value && whole != nullptr && !whole->value_name.empty()) || whole != nullptr)
      continue;
    if (argument == "--") break;
    if (argument.size() < 3 || argument[2] != '=') continue;
    const std::string name = argument.substr(0, 2);
    const Option* const option = named(options, name);
    if (option == nullptr) continue;
    if (option->value_name.empty())
      return fail(Errc::usage, fmt::format("{}: {} takes no value", command.name, name), try_help(command));
    return fail(Errc::usage, fmt::format("{}: {}: a short option takes its value without =", command.name, argument),
                fmt::format("write {} {}", name, argument.substr(3)));
  }
  return {};
}

Result<void> take_value(const Command& command, const Pending& pending) {
  const Option& option = *pending.option;
  if (std::holds_alternative<std::vector<std::string>*>(option.target)) return {};  // CLI11 has filled it.
  if (pending.text.empty()) {
    return fail(Errc::usage, fmt::format("{}: {} takes a value, not an empty text", command.name, option.names),
                fmt::format("leave the option out for its default; {}", try_help(command)));
  }
  if (auto* const* text = std::get_if<std::string*>(&option.target)) {
    **text = pending.text;
    return {};
  }
  auto* const* count = std::get_if<std::optional<std::uint64_t>*>(&option.target);
  if (count == nullptr) return {};
  std::uint64_t value = 0;
  const char* end = pending.text.data() + pending.text.size();
  const auto parsed = std::from_chars(pending.text.data(), end, value);
  if (parsed.ec != std::errc{} || parsed.ptr != end) {
    return fail(Errc::usage,
                fmt::format("{}: {} takes a whole number, not \"{}\"", command.name, option.names, pending.text),
                try_help(command));
  }
  **count = value;
  return {};
}

Result<void> check_choice(const Command& command, const Option& option, const std::string& value) {
  if (option.choices.empty() || std::ranges::find(option.choices, value) != option.choices.end()) return {};
  const std::string near = near_miss(value, option.choices);
  return fail(Errc::usage, fmt::format("{}: {} does not take \"{}\"", command.name, option.names, value),
              near.empty() ? fmt::format("one of: {}", fmt::join(option.choices, ", "))
                           : fmt::format("did you mean {}? One of: {}", near, fmt::join(option.choices, ", ")));
}

/// Positionals by hand, from what CLI11 left over, so that an unknown option is never taken for a file name.
Result<void> take_positionals(const Command& command, const std::vector<std::string>& given) {
  std::size_t next = 0;
  for (const Positional& positional : command.positionals) {
    if (auto* const* many = std::get_if<std::vector<std::string>*>(&positional.target)) {
      (*many)->assign(given.begin() + static_cast<std::ptrdiff_t>(next), given.end());
      if ((*many)->empty() && positional.need == Positional::Need::required) {
        return fail(Errc::usage, fmt::format("{}: {} is missing", command.name, positional.name), try_help(command));
      }
      return {};
    }
    if (next < given.size()) {
      *std::get<std::string*>(positional.target) = given[next++];
    } else if (positional.need == Positional::Need::required) {
      return fail(Errc::usage, fmt::format("{}: {} is missing", command.name, positional.name), try_help(command));
    }
  }
  if (next == given.size()) return {};
  return std::unexpected(unknown_argument(command, given[next], {}));
}

Result<void> take_all(const Command& command, const CLI::App& app, const std::vector<Pending>& pending) {
  for (const Pending& value : pending) {
    if (app.count(names_of(*value.option).front()) == 0 || value.option->value_name.empty()) continue;
    if (auto taken = take_value(command, value); !taken) return taken;
    if (auto fits = check_choice(command, *value.option, value.text); !fits) return fits;
  }
  return {};
}

}  // namespace

Result<Parsed> parse_arguments(const Command& command, CommonOptions& common, std::vector<std::string> arguments) {
  Parsed result;
  std::vector<Option> options = command.options;
  for (Option& option : common_options(common, command)) options.push_back(std::move(option));
  options.push_back({"-h,--help", "", "This help", &result.help});
  if (auto fine = check_short_options(command, options, arguments); !fine) return propagate(fine);
  std::vector<Pending> pending;
  pending.reserve(options.size());
  std::vector<std::string> given;
  CLI::App app;
  app.set_help_flag();
  for (const Option& option : options) add_option(app, option, pending.emplace_back(&option, std::string{}));
  app.add_option("arguments", given);
  app.allow_extras();
  try {
    std::ranges::reverse(arguments);  // CLI11 takes its vector from the back.
    app.parse(std::move(arguments));
  } catch (const CLI::ArgumentMismatch& error) {  // Its text begins with the option's name and a colon.
    const std::string text = error.what();
    return fail(Errc::usage, fmt::format("{}: {} takes a value", command.name, text.substr(0, text.find(':'))),
                try_help(command));
  } catch (const CLI::ParseError& error) {
    return fail(Errc::usage, fmt::format("{}: {}", command.name, error.what()), try_help(command));
  }
  if (result.help) return result;
  for (const std::string& extra : app.remaining()) {
    if (extra != "--") return std::unexpected(unknown_argument(command, extra, options));  // CLI11 keeps that, too.
  }
  if (auto taken = take_all(command, app, pending); !taken) return propagate(taken);
  if (auto taken = take_positionals(command, given); !taken) return propagate(taken);
  return result;
}

}  // namespace kappa::cli
