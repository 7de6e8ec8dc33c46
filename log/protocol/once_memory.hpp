#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "kappa/base/event.hpp"
#include "kappa/log/appender.hpp"
#include "kappa/log/once.hpp"
#include "kappa/log/reader.hpp"

namespace kappa::log {

/// What of a batch is not in the log yet.
struct Fresh {
  std::vector<std::uint32_t> events;  ///< Indices, rising.
  std::optional<ProducerMark> mark;   ///< To be appended with them.
};

/// What an OnceAppender knows to be in its partition. Not thread-safe.
class OnceMemory {
 public:
  virtual ~OnceMemory() = default;
  /// Takes in all frames that are visible from the reader's place on; any of them may be taken in again.
  [[nodiscard]] virtual Result<void> recall(PartitionReader& reader) = 0;
  /// Changes nothing that counts: if the append fails, the same batch may be sifted again. May move the reader.
  [[nodiscard]] virtual Result<Fresh> sift(const EventColumns& columns, PartitionReader& reader, Micros now) = 0;
  /// The batch sifted last has been dealt with: what was fresh of it, if anything, is where the stamp says.
  virtual void done(const Stamp& stamp) = 0;
};

[[nodiscard]] std::unique_ptr<OnceMemory> make_once_memory(OnceOptions options);

}  // namespace kappa::log
