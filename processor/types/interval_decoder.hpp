#pragma once
#include <string_view>

#include "types/datetime_scan.hpp"
#include "types/interval_sum.hpp"

namespace kappa::processor {

/// "1 year 2 mons -3 days 04:05:06", "1-2 3 4:05:06", "5 m ago".
[[nodiscard]] TimeFault decode_interval(std::string_view text, IntervalSum& sum);

/// ISO 8601: "P1Y2M3DT4H5M6S", "P0001-02-03T04:05:06", "P00010203T040506".
[[nodiscard]] TimeFault decode_iso_interval(std::string_view text, IntervalSum& sum);

}  // namespace kappa::processor
