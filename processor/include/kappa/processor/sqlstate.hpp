#pragma once
#include <array>

/// The SQLSTATE codes that row-wise errors carry, under PostgreSQL's condition names.
namespace kappa::processor {

using SqlState = std::array<char, 5>;

inline constexpr SqlState kNumericValueOutOfRange{'2', '2', '0', '0', '3'};
inline constexpr SqlState kInvalidDatetimeFormat{'2', '2', '0', '0', '7'};
inline constexpr SqlState kDatetimeFieldOverflow{'2', '2', '0', '0', '8'};
inline constexpr SqlState kDivisionByZero{'2', '2', '0', '1', '2'};
inline constexpr SqlState kIntervalFieldOverflow{'2', '2', '0', '1', '5'};
inline constexpr SqlState kInvalidParameterValue{'2', '2', '0', '2', '3'};
inline constexpr SqlState kInvalidTextRepresentation{'2', '2', 'P', '0', '2'};
inline constexpr SqlState kCannotCoerce{'4', '2', '8', '4', '6'};
inline constexpr SqlState kFeatureNotSupported{'0', 'A', '0', '0', '0'};

}  // namespace kappa::processor
