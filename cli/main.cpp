#include <cstdio>

#include "commands/commands.hpp"
#include "frame/command.hpp"
#include "frame/standard_descriptors.hpp"
#include "kappa/base/shortage.hpp"

int main(int count, char** values) {
  kappa::cli::occupy_standard_descriptors();
  kappa::cli::raise_descriptor_limit();
  const auto code = kappa::told_of_shortage([&]() -> kappa::Result<int> {
    return kappa::cli::dispatch(kappa::cli::all_commands(), {values + 1, values + count});
  });
  if (code) return *code;
  std::fprintf(stderr, "kappa: %s\nhint: %s\n", code.error().message.c_str(), code.error().hint.c_str());
  return static_cast<int>(code.error().code);
}
