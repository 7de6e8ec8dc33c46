#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "seam/forwarding_seam.hpp"

namespace kappa::log {

/// Another seam, on which sectors that cannot be read are damage and no end: they read as bytes that nothing was ever
/// written as, so that hashes tell, and everything around them is read. For who looks for damage. What could not be
/// read is kept. Not thread-safe.
class UnreadableAsDamage final : public ForwardingSeam {
 public:
  explicit UnreadableAsDamage(Seam& real) : ForwardingSeam(real) {}

  /// Why bytes of this file could not be read; empty if all could.
  [[nodiscard]] std::string why(const std::string& file) const;

  Result<std::size_t> read(const File& file, std::uint64_t position, std::span<std::byte> buffer) override;
  Result<std::size_t> read_device(const File& file, std::uint64_t position, std::span<std::byte> buffer) override;

 private:
  template <typename Read>
  Result<std::size_t> fill(const File& file, std::uint64_t position, std::span<std::byte> buffer, Read read);

  std::map<std::string, std::string> unreadable_;  ///< Why, by file: of the first place.
};

}  // namespace kappa::log
