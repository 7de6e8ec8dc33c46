#include "commands/commands.hpp"
#include "frame/command.hpp"

int main(int count, char** values) {
  return kappa::cli::dispatch(kappa::cli::all_commands(), {values + 1, values + count});
}
