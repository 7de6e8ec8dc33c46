#pragma once
#include <array>
#include <cstdint>

#include "kappa/processor/value.hpp"

namespace kappa::processor {

/// A sum in 192 bits of two's complement: 2^63 coefficients of 38 digits (127 bits with the sign) fit.
class WideSum {
 public:
  /// Adds value · factor.
  void add(Int128 value, std::int64_t factor) {
    using Unsigned = unsigned __int128;
    const bool negative = (value < 0) != (factor < 0);
    const Unsigned a = value < 0 ? -static_cast<Unsigned>(value) : static_cast<Unsigned>(value);
    const Unsigned b = factor < 0 ? -static_cast<Unsigned>(factor) : static_cast<Unsigned>(factor);
    const Unsigned low = static_cast<std::uint64_t>(a) * b;
    const Unsigned high = (a >> 64) * b + (low >> 64);
    std::array<std::uint64_t, 3> product = {static_cast<std::uint64_t>(low), static_cast<std::uint64_t>(high),
                                            static_cast<std::uint64_t>(high >> 64)};
    Unsigned carry = negative ? 1 : 0;
    for (std::size_t i = 0; i < limbs_.size(); ++i) {
      carry += limbs_[i];
      carry += negative ? ~product[i] : product[i];
      limbs_[i] = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
  }
  /// Least first.
  [[nodiscard]] const std::array<std::uint64_t, 3>& limbs() const { return limbs_; }
  [[nodiscard]] bool is_zero() const { return (limbs_[0] | limbs_[1] | limbs_[2]) == 0; }

 private:
  std::array<std::uint64_t, 3> limbs_{};
};

}  // namespace kappa::processor
