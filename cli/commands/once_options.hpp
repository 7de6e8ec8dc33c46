#pragma once
#include <optional>
#include <string>

#include "kappa/base/result.hpp"
#include "kappa/log/once.hpp"

namespace kappa::cli {

/// How `append` is to know what is there already, as given on the command line.
struct OnceText {
  std::string producer;
  std::string id_field;
  std::string window;
};

/// nullopt where it is not asked for. Errc::usage where options contradict each other or say nothing.
[[nodiscard]] Result<std::optional<log::OnceOptions>> parse_once(const OnceText& text);

}  // namespace kappa::cli
