#pragma once
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "kappa/base/result.hpp"

namespace kappa::log {

/// What is wrong with stored bytes. Whether damage is a torn tail or corruption is for the caller to judge, by the
/// evidence of durability (docs/log-format.md, "Torn tails and corruption").
enum class FaultKind {
  cut,         ///< The bytes at hand end too early: with `need` bytes from the same place the answer is known.
  zeros,       ///< Nothing was ever written here: the whole header is zeros.
  damaged,     ///< Something stands here that is not what was written.
  unsupported  ///< Whole, but written by a newer version of kappa: a feature that this one does not have.
};

struct Fault {
  FaultKind kind = FaultKind::damaged;
  std::uint64_t position = 0;  ///< In the file: where the frame or record begins.
  std::uint64_t need = 0;      ///< Of `cut` only.
  std::string what;            ///< With expected and actual values; without the file's name.
};

/// A value, or what is wrong with the bytes it was to come from.
template <typename T>
using Checked = std::expected<T, Fault>;

/// Makes the error side of a Checked.
[[nodiscard]] inline std::unexpected<Fault> damaged(std::uint64_t position, std::string what) {
  return std::unexpected(Fault{FaultKind::damaged, position, 0, std::move(what)});
}
[[nodiscard]] inline std::unexpected<Fault> unsupported(std::uint64_t position, std::string what) {
  return std::unexpected(Fault{FaultKind::unsupported, position, 0, std::move(what)});
}
[[nodiscard]] inline std::unexpected<Fault> cut(std::uint64_t position, std::uint64_t need) {
  return std::unexpected(Fault{FaultKind::cut, position, need, "ends before it is complete"});
}
/// Passes a failed Checked on.
template <typename T>
[[nodiscard]] std::unexpected<Fault> pass_on(Checked<T>& failed) {
  return std::unexpected(std::move(failed.error()));
}

/// The error that stands for a fault in a file: Errc::corruption; Errc::conflict with a hint for `unsupported`.
[[nodiscard]] Error fault_error(const Fault& fault, std::string_view file);

}  // namespace kappa::log
