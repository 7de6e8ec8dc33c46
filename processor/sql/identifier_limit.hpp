#pragma once
#include "source.hpp"

namespace kappa::sql {

/// Refuses identifiers of more than 63 bytes, which PostgreSQL's scanner cuts: two that agree so far would silently be
/// one. Text that cannot be scanned passes; the parser says what is wrong with it.
void check_identifiers(const Source& source);

}  // namespace kappa::sql
