#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "kappa/base/bytes.hpp"

namespace kappa::fuzz {

/// One run of a fuzzer on one input, whatever its bytes are; each fuzzer is a definition of this function. Returns
/// whatever the code under it says to the bytes, and ends the process where that is wrong.
void run(Bytes input);

/// Ends the process, so that the fuzzer keeps the input, unless the property holds.
inline void require(bool holds, std::string_view property, std::string_view details = {}) {
  if (holds) return;
  fmt::print(stderr, "fuzz: not so: {}{}{}\n", property, details.empty() ? "" : ": ", details);
  std::abort();
}

/// Takes an input apart from its front. An input that is at its end gives zeros, so that every input is a valid one.
class FuzzInput {
 public:
  explicit FuzzInput(Bytes input) : rest_(input) {}

  template <typename T>
  [[nodiscard]] T take() {
    static_assert(std::is_trivially_copyable_v<T>);
    T value{};
    const Bytes from = take_bytes(sizeof value);
    if (!from.empty()) std::memcpy(&value, from.data(), from.size());
    return value;
  }
  [[nodiscard]] std::uint8_t byte() { return take<std::uint8_t>(); }
  /// At most so many bytes: fewer where the input ends.
  [[nodiscard]] Bytes take_bytes(std::size_t bytes) {
    const Bytes taken = rest_.first(std::min(bytes, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }
  /// A string behind a byte with its length.
  [[nodiscard]] std::string_view take_text() { return as_text(take_bytes(byte())); }
  [[nodiscard]] Bytes rest() const { return rest_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  Bytes rest_;
};

}  // namespace kappa::fuzz
