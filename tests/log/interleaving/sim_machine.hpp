#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "kappa/base/bytes.hpp"

namespace kappa::test {

/// A file of the simulated machine. Bytes past those stored are zeros up to `size`, so that zeros written ahead cost
/// nothing. The first page is memory of its own and never moves: mappings point into it.
struct SimFile {
  static constexpr std::size_t kPage = 4096;
  struct alignas(16) Page {
    std::byte bytes[kPage] = {};
    std::uint32_t file = 0;  ///< SimFile::id, for who has only a mapping.
  };
  struct Write {
    std::uint64_t number;
    std::uint64_t begin;
    std::uint64_t end;
  };

  std::uint32_t id = 0;
  std::unique_ptr<Page> page = std::make_unique<Page>();
  std::vector<std::byte> rest;  ///< From byte kPage on.
  std::uint64_t size = 0;
  bool linked = true;
  std::uint64_t writes = 0;
  std::vector<Write> unsynced;  ///< Those that no sync has covered and that changed something.

  void read(std::uint64_t position, std::span<std::byte> buffer) const;
  void write(std::uint64_t position, Bytes bytes);
  void truncate(std::uint64_t bytes);
  /// True if it reads like these bytes there.
  [[nodiscard]] bool holds(std::uint64_t position, Bytes bytes) const;
  /// True if bytes in [begin, end) would be lost by a loss of power.
  [[nodiscard]] bool is_unsynced(std::uint64_t begin, std::uint64_t end) const;
  [[nodiscard]] std::shared_ptr<SimFile> copy() const;
};

/// The files of a simulated machine, without any disk behind them: what processes share.
class SimMachine {
 public:
  std::map<std::string, std::shared_ptr<SimFile>> files;  // Shared: open files outlive their names.
  std::set<std::string> directories{"/"};

  std::shared_ptr<SimFile> make_file(const std::string& path);
  /// The same files and directories, independent of these.
  [[nodiscard]] SimMachine copy() const;

 private:
  std::uint32_t next_id_ = 0;
};

}  // namespace kappa::test
