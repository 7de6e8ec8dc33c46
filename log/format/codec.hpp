#pragma once
#include <cstddef>
#include <optional>
#include <span>

#include "format/format.hpp"
#include "kappa/base/bytes.hpp"

namespace kappa::log {

/// Room that compress() needs for so many bytes.
[[nodiscard]] std::size_t compressed_bytes_max(std::size_t raw_bytes);
/// Compresses at a zstd level; nullopt where that does not make it smaller. Each thread reuses a context of its own.
[[nodiscard]] std::optional<std::size_t> compress(Bytes raw, int level, std::span<std::byte> to);
/// True if `stored` is exactly one valid stream of exactly `raw.size()` bytes; else the content of `raw` is anything.
[[nodiscard]] bool decompress(Bytes stored, Codec codec, std::span<std::byte> raw);

}  // namespace kappa::log
