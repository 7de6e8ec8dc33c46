#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "kappa/base/result.hpp"
#include "kappa/processor/plan.hpp"

namespace kappa::sql {

/// Something worth saying that is no error (a column that differs from a JSON member only by case is found at run time;
/// this is for what the text alone shows).
struct Warning {
  std::string message;
};

struct Compiled {
  processor::Program program;
  std::vector<Warning> warnings;
};

/// Parses and binds a file of SQL: CREATE TABLE, CREATE VIEW, CREATE MATERIALIZED VIEW. `file` is for messages.
/// Every refusal is Errc::query with `file:line:column: what`, the line with a caret as detail, and a hint: what is
/// valid PostgreSQL but not of this version is refused by its name. Limits: text 64 KiB, depth 1,000.
[[nodiscard]] Result<Compiled> compile(std::string_view text, std::string_view file);

}  // namespace kappa::sql
