#pragma once
#include <cstdio>
#include <cstdlib>

/// Stays on in release builds. For programming errors only: bytes from disk, network and users are inputs, and
/// a condition that input can make false is an Error, never an assertion.
#define KAPPA_ASSERT(condition, why)                                                                            \
  do {                                                                                                          \
    if (!(condition)) [[unlikely]] {                                                                            \
      std::fprintf(stderr, "kappa: assertion failed: %s (%s) at %s:%d\n", why, #condition, __FILE__, __LINE__); \
      std::abort();                                                                                             \
    }                                                                                                           \
  } while (false)
