#pragma once

// Included before every test by the build (tests/CMakeLists.txt). The paths are functions of one source, not literals
// on the command line, since the compiler cache would then serve no other clone.

namespace kappa::test {

/// The repository and the command, as absolute paths.
[[nodiscard]] const char* source_dir();
[[nodiscard]] const char* binary_path();

}  // namespace kappa::test

#define KAPPA_SOURCE_DIR ::kappa::test::source_dir()
#define KAPPA_BINARY ::kappa::test::binary_path()
