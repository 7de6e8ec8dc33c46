#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace kappa::processor {

/// The timestamp of a text in the form that nearly all have, `YYYY-MM-DD HH:MM:SS` with a blank or T between, years 1
/// to 9999, and at most six digits of a second behind a point; nullopt for every other text, valid or not.
[[nodiscard]] std::optional<std::int64_t> iso_timestamp(std::string_view text);

}  // namespace kappa::processor
