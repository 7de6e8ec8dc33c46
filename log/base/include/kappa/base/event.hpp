#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "kappa/base/bytes.hpp"
#include "kappa/base/units.hpp"

namespace kappa {

/// A column of optional byte strings, as views. Value i is bytes[offsets[i], offsets[i + 1]).
/// `offsets` is empty when every value is absent; `present` is empty when every value is present (and offsets is not
/// empty), else one byte 0 or 1 for each value; an absent value has no bytes.
struct BytesColumn {
  std::span<const std::uint32_t> offsets;
  std::span<const std::uint8_t> present;
  Bytes bytes;

  [[nodiscard]] bool has(std::size_t i) const { return !offsets.empty() && (present.empty() || present[i] != 0); }
  /// The bytes of value i; empty when it is absent (ask has() first where the difference matters).
  [[nodiscard]] Bytes operator[](std::size_t i) const {
    return offsets.empty() ? Bytes{} : bytes.subspan(offsets[i], offsets[i + 1] - offsets[i]);
  }
  [[nodiscard]] std::optional<Bytes> get(std::size_t i) const {
    return has(i) ? std::optional<Bytes>((*this)[i]) : std::nullopt;
  }
};

/// A batch of events as columns: what an append takes and a read gives. All views, nothing owned.
/// `headers[i]` holds the event's headers in order, duplicates kept, in the encoding of kappa/base/headers.hpp.
struct EventColumns {
  std::uint32_t count = 0;
  std::span<const Micros> timestamps;  ///< Empty: none has one. Else `count` values, kNoTimestamp where absent.
  BytesColumn keys;
  BytesColumn values;
  BytesColumn headers;

  [[nodiscard]] Micros timestamp(std::size_t i) const { return timestamps.empty() ? kNoTimestamp : timestamps[i]; }
};

/// At least this many bytes after the last byte of EventBatch::columns.values.bytes can be read (their content is
/// anything), so that vectorised parsers may read past the end.
inline constexpr std::size_t kReadPadding = 64;

/// One origin (one append) as a reader delivers it: its events, without those that compaction has removed, which may be
/// all. The event i has the place (sequence, i) in the one order and the offset offset(i). Views are valid as long as
/// `memory` is held.
struct EventBatch {
  std::uint32_t input = 0;  ///< Index of the topic among the inputs of the reader or processor.
  std::uint32_t partition = 0;
  Sequence sequence;
  Micros append_time = 0;
  Offset first_offset;              ///< Of the append; its first event may be gone.
  std::uint32_t offset_span = 0;    ///< Offsets that the append took up: at least one for each event.
  std::span<const Offset> offsets;  ///< Empty: first_offset and those that follow it. Else one for each event, rising.
  std::uint64_t stored_bytes = 0;   ///< Size of the frame in its file: for statistics.
  EventColumns columns;
  std::shared_ptr<const void> memory;

  [[nodiscard]] Offset offset(std::size_t i) const { return offsets.empty() ? first_offset.plus(i) : offsets[i]; }
  /// Behind the last offset of the append.
  [[nodiscard]] Offset end_offset() const { return first_offset.plus(offset_span); }
  /// The event's timestamp; the append time where none was given.
  [[nodiscard]] Micros timestamp(std::size_t i) const {
    const Micros given = columns.timestamp(i);
    return given == kNoTimestamp ? append_time : given;
  }
};

}  // namespace kappa
