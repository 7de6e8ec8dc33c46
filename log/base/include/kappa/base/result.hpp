#pragma once
#include <expected>
#include <string>
#include <utility>

namespace kappa {

/// What a caller can do about a failure; one code for each different reaction.
/// The numbers are the exit codes of the command (docs/cli.md).
enum class Errc : int {
  answer_no = 1,     ///< The question was answered, and the answer is no (verify found damage, live != replay).
  usage = 2,         ///< The command line is wrong.
  bad_input = 3,     ///< Bytes from the user cannot be taken (line too long, no JSON, bad timestamp).
  not_found = 4,     ///< No such topic, view, directory, file, column.
  conflict = 5,      ///< Somebody else owns it, it exists already, or it has another definition.
  io = 6,            ///< The operating system said no (full disk, permissions, failed sync). Often retriable.
  corruption = 7,    ///< Stored bytes are not what was written. Never retriable.
  query = 9,         ///< SQL that cannot be parsed, bound or run.
  interrupted = 130  ///< Asked to stop.
};

/// A failure as a value. `message` is one line that says what and where; `detail` may add lines
/// (an SQL line with a caret); `hint` says what to do next, with a command that can be run. The last two may be empty.
struct Error {
  Errc code;
  std::string message;
  std::string hint = {};
  std::string detail = {};
};

/// A value or an Error. Libraries return errors and never print or log them; nothing throws across a layer.
template <typename T>
using Result = std::expected<T, Error>;

/// Makes the error side of a Result: `return fail(Errc::io, "cannot open …", "…")`.
[[nodiscard]] inline std::unexpected<Error> fail(Errc code, std::string message, std::string hint = {},
                                                 std::string detail = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(hint), std::move(detail)});
}

/// Passes a failed Result on: `if (!r) return propagate(r);`.
template <typename T>
[[nodiscard]] std::unexpected<Error> propagate(Result<T>& failed) {
  return std::unexpected(std::move(failed.error()));
}

}  // namespace kappa
