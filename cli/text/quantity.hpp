#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "kappa/base/result.hpp"
#include "kappa/base/units.hpp"

namespace kappa::cli {

/// A length of time as a user writes it: a whole number and one of s, min, h, d, w (90min, 30d). Errc::usage for
/// anything else, nothing, or more than a thousand years.
[[nodiscard]] Result<Micros> parse_duration(std::string_view text);
/// In the largest unit that leaves a whole number: 30 d, 90 min.
[[nodiscard]] std::string duration_text(Micros duration);

/// A number of bytes as a user writes it: a whole number, and perhaps kB, MB, GB, TB (thousands) or KiB, MiB, GiB, TiB
/// (1024). Errc::usage for anything else, or nothing.
[[nodiscard]] Result<std::uint64_t> parse_bytes(std::string_view text);

}  // namespace kappa::cli
