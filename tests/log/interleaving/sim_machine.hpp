#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "kappa/base/bytes.hpp"

namespace kappa::test {

/// A file of the simulated machine. Bytes past the end of `bytes` are zeros up to `size`, so that zeros written ahead
/// cost nothing. The first page is memory of its own and never moves: mappings point into it.
struct SimFile {
  static constexpr std::size_t kPage = 4096;
  struct alignas(16) Page {
    std::byte bytes[kPage] = {};
  };

  std::unique_ptr<Page> page = std::make_unique<Page>();
  std::vector<std::byte> rest;  ///< From byte kPage on.
  std::uint64_t size = 0;
  bool linked = true;

  void read(std::uint64_t position, std::span<std::byte> buffer) const;
  void write(std::uint64_t position, Bytes bytes);
  [[nodiscard]] std::shared_ptr<SimFile> copy() const;
};

/// The files of a simulated machine, without any disk behind them: what processes share. Copyable as a snapshot.
class SimMachine {
 public:
  std::map<std::string, std::shared_ptr<SimFile>> files;  // Shared: open files outlive their names.
  std::set<std::string> directories;

  /// The same files and directories, independent of these.
  [[nodiscard]] SimMachine copy() const;
};

}  // namespace kappa::test
