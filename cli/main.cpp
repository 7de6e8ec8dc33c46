#include "commands/commands.hpp"
#include "frame/command.hpp"
#include "frame/standard_descriptors.hpp"

int main(int count, char** values) {
  kappa::cli::occupy_standard_descriptors();
  kappa::cli::raise_descriptor_limit();
  return kappa::cli::dispatch(kappa::cli::all_commands(), {values + 1, values + count});
}
