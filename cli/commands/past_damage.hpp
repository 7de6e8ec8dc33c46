#pragma once
#include <cstddef>
#include <optional>
#include <string>

#include "frame/command.hpp"
#include "kappa/log/reader.hpp"

namespace kappa::cli {

/// What becomes of damage on the way: `stop` tells of it and ends, `skip` tells of it and goes on behind it.
enum class OnCorruption : std::uint8_t { stop, skip };

/// Reads a partition, past damage if it is told to; each range that is left out is said on stderr. Outlived by context
/// and reader.
class PastDamage {
 public:
  PastDamage(const Context& context, std::string partition, log::PartitionReader& reader, OnCorruption choice)
      : context_(context), partition_(std::move(partition)), reader_(reader), choice_(choice) {}

  [[nodiscard]] Result<log::PartitionExtent> extent();
  /// Where damage is in the way and may be left out, next() tells of it and begins where it began before.
  [[nodiscard]] Result<void> seek(Offset offset);
  [[nodiscard]] Result<std::optional<EventBatch>> next();
  /// Errc::corruption if anything was left out.
  [[nodiscard]] Result<void> verdict() const;

 private:
  [[nodiscard]] Result<void> leave_out(const Error& why);
  [[nodiscard]] bool may_leave_out(const Error& error) const {
    return choice_ == OnCorruption::skip && error.code == Errc::corruption;
  }
  void tell(const log::SkippedRange& range, const Error& why);

  const Context& context_;
  const std::string partition_;
  log::PartitionReader& reader_;
  const OnCorruption choice_;
  std::size_t ranges_ = 0;
  std::uint64_t events_ = 0;
  bool unknown_ = false;  ///< Nobody knows how many events the last range had.
};

}  // namespace kappa::cli
