#pragma once
#include <string>

#include "frame/command.hpp"
#include "kappa/replay/definition.hpp"

namespace kappa::cli {

/// Reads and compiles a file of SQL (`-`: standard input); its warnings are said on stderr.
[[nodiscard]] Result<replay::Definition> load_definition(const Context& context, const std::string& path);

/// Compiles the text of a stored definition.
[[nodiscard]] Result<replay::Definition> compile_stored(const std::string& sql);

}  // namespace kappa::cli
