#pragma once
#include <string>

#include "kappa/base/bytes.hpp"

namespace kappa::processor {

/// An event's value as the errors output shows it: its own bytes where they are a PostgreSQL text (UTF-8 without NUL),
/// else `\x` and the bytes in lower-case hexadecimal, as PostgreSQL prints a bytea. A text that begins with `\x` itself
/// stands as it is.
[[nodiscard]] std::string event_value_text(Bytes value);

/// The text, or where it has more bytes than that, its beginning and how long it is: an errors row must fit into an
/// event, whatever it tells of. Cut between two characters of UTF-8.
[[nodiscard]] std::string shortened(std::string text, std::size_t bytes_max);

}  // namespace kappa::processor
