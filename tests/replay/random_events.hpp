#pragma once
#include "random_sql.hpp"
#include "text_event.hpp"

namespace kappa::test {

/// A random event of the tables of random_sql.hpp: NULLs, duplicates, extremes, odd text; sometimes no row at all
/// (no JSON, a member that does not convert, bytes that are not UTF-8, no value). Of a table with a primary key: mostly
/// with the key that its row must have, sometimes a deletion, sometimes with another key or none.
[[nodiscard]] TextEvent random_event(Dice& dice, const RandomTable& table);

}  // namespace kappa::test
