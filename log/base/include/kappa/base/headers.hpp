#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "kappa/base/bytes.hpp"

namespace kappa {

/// One header of an event. Names are text by convention, values any bytes or absent. Views into the event.
struct Header {
  std::string_view name;
  std::optional<Bytes> value;
};

/// Length that stands for an absent header value.
inline constexpr std::uint32_t kAbsentHeaderValue = std::numeric_limits<std::uint32_t>::max();

/// Appends one header to an event's encoded headers: name length (u32), value length (u32, kAbsentHeaderValue for
/// none), name, value.
inline void put_header(std::vector<std::byte>& to, const Header& header) {
  put(to, static_cast<std::uint32_t>(header.name.size()));
  put(to, header.value ? static_cast<std::uint32_t>(header.value->size()) : kAbsentHeaderValue);
  const Bytes name = as_bytes(header.name);
  to.insert(to.end(), name.begin(), name.end());
  if (header.value) to.insert(to.end(), header.value->begin(), header.value->end());
}

/// Takes the next header off the front of encoded headers; nullopt at the end, or where the rest is no header (a
/// decoder of stored bytes checks with valid_headers() first, so readers need no second outcome).
[[nodiscard]] inline std::optional<Header> take_header(Bytes& rest) {
  constexpr std::size_t kLengths = 2 * sizeof(std::uint32_t);
  if (rest.size() < kLengths) return std::nullopt;
  const auto name_bytes = load<std::uint32_t>(rest.data());
  const auto value_length = load<std::uint32_t>(rest.data() + sizeof(std::uint32_t));
  const std::uint64_t value_bytes = value_length == kAbsentHeaderValue ? 0 : value_length;
  if (rest.size() - kLengths < std::uint64_t{name_bytes} + value_bytes) return std::nullopt;
  Header header{as_text(rest.subspan(kLengths, name_bytes)), std::nullopt};
  if (value_length != kAbsentHeaderValue) header.value = rest.subspan(kLengths + name_bytes, value_bytes);
  rest = rest.subspan(kLengths + name_bytes + value_bytes);
  return header;
}

/// True if the bytes are a whole number of headers.
[[nodiscard]] inline bool valid_headers(Bytes encoded) {
  while (!encoded.empty())
    if (!take_header(encoded)) return false;
  return true;
}

}  // namespace kappa
