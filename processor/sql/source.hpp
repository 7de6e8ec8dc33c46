#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "kappa/base/result.hpp"

namespace kappa::sql {

/// What ends a compilation, from whatever depth: thrown by Source::refuse, caught in compile() and nowhere else.
struct Refusal {
  Error error;
};

/// The hint where no better one is known.
inline constexpr std::string_view kSeeDocument = "docs/sql.md lists what this version takes";

/// The text of a file, and how a place in it is shown. A place is a byte offset; a negative one means "not known" and
/// shows the statement. Immutable but for begin_statement(). The text and the name must outlive it.
class Source {
 public:
  Source(std::string_view text, std::string_view file) : text_(text), file_(file) {}

  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] std::string_view file() const { return file_; }

  /// The place that stands for "not known" from here on.
  void begin_statement(std::size_t offset) { statement_ = offset; }

  /// Ends the compilation: `file:line:column: what`, the line with a caret, the hint. Columns count characters from 1.
  [[noreturn]] void refuse(int place, std::string what, std::string hint) const;
  /// Likewise for what PostgreSQL has and this version has not.
  [[noreturn]] void refuse_unsupported(int place, std::string_view what, std::string_view hint = {}) const;

  /// The byte offset of the character `index`, from 0.
  [[nodiscard]] std::size_t byte_of_character(std::size_t index) const;
  /// The first byte at or after `offset` that is neither blank nor in a comment.
  [[nodiscard]] std::size_t skip_blanks(std::size_t offset) const;

 private:
  [[nodiscard]] std::size_t skip_comment(std::size_t offset) const;

  std::string_view text_;
  std::string_view file_;
  std::size_t statement_ = 0;
};

}  // namespace kappa::sql
