// What libFuzzer calls, where the fuzzers are linked with it.
#include "fuzz.hpp"

// NOLINTNEXTLINE(readability-identifier-naming): its name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  kappa::fuzz::run({reinterpret_cast<const std::byte*>(bytes), size});
  return 0;
}
