#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "format/fault.hpp"
#include "format/format.hpp"
#include "kappa/base/bytes.hpp"
#include "kappa/log/appender.hpp"
#include "kappa/log/commit_block.hpp"

namespace kappa::log {

/// The fields of a frame's extension area that this version understands.
struct Extension {
  std::optional<CommitBlock> commit;
  std::optional<std::uint32_t> owner_epoch;
  std::optional<Offset> log_start;
  std::optional<StoredProducer> producer;
  std::vector<StoredOrigin> origins;       ///< Of a repacked frame.
  std::vector<std::byte> present_offsets;  ///< Of a frame with holes and events: a bit for each offset, 1: it has one.
};

/// Appends the commit's block as a field. In a frame that does not end its commit, fingerprint and inputs are left out.
void put_commit_field(std::vector<std::byte>& to, const CommitFrame& commit);
void put_owner_epoch_field(std::vector<std::byte>& to, std::uint32_t epoch);
void put_log_start_field(std::vector<std::byte>& to, Offset log_start);
void put_producer_field(std::vector<std::byte>& to, const StoredProducer& producer);
void put_origins_field(std::vector<std::byte>& to, std::span<const StoredOrigin> origins);
void put_present_offsets_field(std::vector<std::byte>& to, Bytes bitmap);

/// Takes an extension area apart. Unknown fields are skipped, unless marked "must understand". `position` is the
/// frame's, for the fault.
[[nodiscard]] Checked<Extension> decode_extension(Bytes area, std::uint64_t position);

}  // namespace kappa::log
