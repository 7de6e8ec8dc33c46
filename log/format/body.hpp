#pragma once
#include <cstdint>

#include "format/buffer.hpp"
#include "format/fault.hpp"
#include "format/format.hpp"
#include "kappa/base/event.hpp"
#include "kappa/base/result.hpp"

namespace kappa::log {

/// Effort of compression. `stored` compresses nothing; higher levels than `fast` are chosen by a number.
enum class CompressionLevel : int { stored = 0, fast = 1 };

/// A frame's body as it goes into the file, with what the header says about it.
struct EncodedBody {
  BodyLayout layout = BodyLayout::sections;
  std::uint32_t event_count = 0;
  std::uint32_t stored_length = 0;
  std::uint32_t raw_length = 0;
  std::uint64_t stored_hash = 0;
  std::uint64_t raw_hash = 0;
  Micros min_given_time = kNoTimestamp;  ///< Over the events that have a timestamp.
  Micros max_given_time = kNoTimestamp;
  bool some_without_timestamp = false;
  Buffer buffer;

  /// The stored bytes and the zeros that align the next frame.
  [[nodiscard]] Bytes padded() const;
};

/// Encodes events. Not more than one thread at a time on one EncodedBody; its memory is reused. Errc::bad_input if the
/// events are over the limits, if offsets do not rise, or if headers are not in their encoding.
[[nodiscard]] Result<void> encode_body(const EventColumns& columns, CompressionLevel level, EncodedBody& to);
/// An empty plain body, for control frames.
void encode_empty_body(EncodedBody& to);

/// Decodes bodies into batches. Not thread-safe; batches may outlive it and be used on any thread.
class BodyDecoder {
 public:
  /// `body` is the stored body whose hash read_body() has checked against this header. Checks every length and the
  /// hash of the raw bytes. Fills everything of the batch but `input` and `partition`. `present_offsets` is that of the
  /// frame's extension area: as many bits as events, or empty.
  [[nodiscard]] Checked<EventBatch> decode(const FrameHeader& header, Bytes body, Bytes present_offsets);

 private:
  BufferPool pool_;
  Buffer scratch_;
};

}  // namespace kappa::log
