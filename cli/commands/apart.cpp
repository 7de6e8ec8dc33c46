#include "commands/apart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace kappa::cli {
namespace {

namespace fs = std::filesystem;

/// Without links, dots and a slash at the end.
fs::path resolved(const std::string& path) {
  std::error_code error;
  fs::path whole = fs::weakly_canonical(path, error);
  if (error) whole = fs::absolute(path, error).lexically_normal();
  return whole.has_filename() ? whole : whole.parent_path();
}

bool within(const fs::path& inner, const fs::path& outer) {
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

}  // namespace

Result<void> check_apart(const std::string& directory, const std::string& backup) {
  const fs::path data = resolved(directory);
  const fs::path copy = resolved(backup);
  if (!within(data, copy) && !within(copy, data)) return {};
  return fail(Errc::usage,
              fmt::format("the data directory {} and the backup {} lie within each other", directory, backup),
              "name a folder elsewhere, best on another disk");
}

}  // namespace kappa::cli
