#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "frame/output.hpp"
#include "frame/signals.hpp"
#include "kappa/base/result.hpp"

namespace kappa::cli {

/// Where the value of an option goes: a flag, a text, a count, or a text for every time the option stands.
using OptionTarget = std::variant<bool*, std::string*, std::optional<std::uint64_t>*, std::vector<std::string>*>;

/// One option of a command, as plain data: parsing, help and suggestions all read this table.
struct Option {
  std::string names;       ///< As CLI11 takes them: `-n,--num`.
  std::string value_name;  ///< `N` in `--num N`; empty for a flag.
  std::string help;        ///< One line.
  OptionTarget target;
  std::vector<std::string> choices = {};  ///< Empty: any value.
};

/// One argument without a dash. `many` takes all that remain.
struct Positional {
  std::string name;
  std::string help;
  std::variant<std::string*, std::vector<std::string>*> target;
  enum class Need : std::uint8_t { required, optional } need = Need::required;
};

/// How rows and summaries are printed.
enum class OutputMode : std::uint8_t { standard, table, ndjson, json };

/// Options that every command takes, before or after its verb.
struct CommonOptions {
  std::string directory;
  bool quiet = false;
  std::string output;  ///< As given; empty for none.
  /// ` -d DIR` for a command in a hint, quoted for a shell; empty where it finds the same directory without.
  std::string directory_option = {};

  [[nodiscard]] OutputMode mode() const;
};

struct Command;

/// What a command works with. Data goes to `out`, talk through say(). `stop` is asked for by SIGINT and SIGTERM.
struct Context {
  const std::vector<Command>& commands;
  const CommonOptions& common;
  Output& out;
  const Signals& signals;
  std::stop_token stop;

  /// A line on stderr, with pasteable() commands; nothing when the user asked for quiet.
  void say(const std::string& line) const;
};

/// A verb: what help says about it, its options, and what it does. `run` gives the exit code.
struct Command {
  std::string name;     ///< `append`, `topic create`.
  std::string summary;  ///< One line for the list of verbs.
  std::vector<std::string> examples;
  std::vector<Positional> positionals;
  std::vector<Option> options;
  std::vector<std::string> outputs;  ///< Values of -O that it knows; empty: it has none.
  std::function<Result<int>(Context&)> run;
  std::vector<std::string> notes = {};  ///< Paragraphs for the end of its help.
};

/// Fills the targets of a command and the common options from the arguments after the verb. Errc::usage with the
/// nearest option's name. `help` is set, and nothing is checked, where help was asked for.
struct Parsed {
  bool help = false;
};
[[nodiscard]] Result<Parsed> parse_arguments(const Command& command, CommonOptions& common,
                                             std::vector<std::string> arguments);

/// The options that every command has, as a table over `common`.
[[nodiscard]] std::vector<Option> common_options(CommonOptions& common, const Command& command);

/// Help of one command: three examples first, then arguments and options.
[[nodiscard]] std::string help_text(const Command& command);
/// The list of verbs.
[[nodiscard]] std::string overview_text(const std::vector<Command>& commands);

/// Finds the verb, parses, runs, reports; returns the exit code. `arguments` are those after the program's name.
[[nodiscard]] int dispatch(const std::vector<Command>& commands, std::vector<std::string> arguments);

/// A hint in which every `kappa VERB` that works on a data directory and names none has the `directory_option`: copied
/// as it stands, it works on the directory that the hint is about.
[[nodiscard]] std::string pasteable(const std::vector<Command>& commands, std::string hint,
                                    const std::string& directory_option);

/// `kappa: what` with detail and hint, for stderr.
[[nodiscard]] std::string error_text(const Error& error);

}  // namespace kappa::cli
