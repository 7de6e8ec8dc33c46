#pragma once
#include <string>

#include "random_sql.hpp"

namespace kappa::test {

/// A random event of the tables of random_sql.hpp: NULLs, duplicates, extremes, odd text; sometimes no row at all
/// (no JSON, a member that does not convert, bytes that are not UTF-8).
[[nodiscard]] std::string random_event(Dice& dice);

}  // namespace kappa::test
