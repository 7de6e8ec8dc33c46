#pragma once
#include <string>

#include "kappa/base/bytes.hpp"

namespace kappa::processor {

/// An event's value as the errors output shows it: its own bytes where they are a PostgreSQL text (UTF-8 without NUL),
/// else `\x` and the bytes in lower-case hexadecimal, as PostgreSQL prints a bytea. A text that begins with `\x` itself
/// stands as it is.
[[nodiscard]] std::string event_value_text(Bytes value);

}  // namespace kappa::processor
