#pragma once
#include <cstddef>
#include <cstdint>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define KAPPA_SLOW 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define KAPPA_SLOW 1
#endif
#endif

namespace kappa::test {

/// How much less is sampled under a sanitizer.
#if defined(KAPPA_SLOW)
inline constexpr std::uint32_t kRarer = 8;
#else
inline constexpr std::uint32_t kRarer = 1;
#endif

}  // namespace kappa::test
