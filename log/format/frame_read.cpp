#include <fmt/format.h>

#include "format/bitmap.hpp"
#include "format/frame.hpp"
#include "format/hash.hpp"

// Reading a frame from bytes that nobody has vouched for. The order of the checks is the point: first what is needed
// to find the hash (magic and header length, which stay where they are in every version), then the hash, and only
// then what the header says. So a frame of a newer version is known from a damaged one: its hash holds.

namespace kappa::log {
namespace {

Checked<void> check_place(const FrameHeader& header, Position position, std::uint64_t salt) {
  const std::uint64_t at = position.value;
  if (header.salt != salt)
    return damaged(at, fmt::format("frame of another segment (salt {:016x}, expected {:016x})", header.salt, salt));
  if (header.position != position)
    return damaged(at, fmt::format("frame that belongs at byte {}", header.position.value));
  if (header.durable_position > position)
    return damaged(at, fmt::format("frame with durable position {} behind itself", header.durable_position.value));
  return {};
}

Checked<void> check_limits(const FrameHeader& header) {
  const std::uint64_t at = header.position.value;
  const std::uint32_t raw_max = header.kind == FrameKind::gap ? kGapRawBytesMax : kFrameRawBytesMax;
  if (header.raw_length > raw_max || header.event_count > kFrameEventsMax ||
      header.stored_length > std::uint64_t{header.raw_length} + kSectionTableBytesMax)
    return damaged(at, fmt::format("frame of {} events, {} stored and {} raw bytes: over the limits",
                                   header.event_count, header.stored_length, header.raw_length));
  if (header.base_offset.value + header.offset_span < header.base_offset.value)
    return damaged(at, fmt::format("frame whose offsets begin at {} and overflow", header.base_offset.value));
  if (header.min_event_time > header.max_event_time)
    return damaged(at,
                   fmt::format("frame with event times from {} to {}", header.min_event_time, header.max_event_time));
  return {};
}

std::string_view kind_name(FrameKind kind) {
  switch (kind) {
    case FrameKind::transaction_commit:
      return "transaction-commit";
    case FrameKind::transaction_abort:
      return "transaction-abort";
    case FrameKind::producer_snapshot:
      return "producer-snapshot";
    default:
      return "unknown";
  }
}

bool is_known(FrameKind kind) {
  return kind == FrameKind::data || kind == FrameKind::padding || kind == FrameKind::gap ||
         kind == FrameKind::log_start || kind == FrameKind::owner_epoch;
}

/// Refuses by name what later versions write.
Checked<void> check_supported(const FrameHeader& header) {
  const std::uint64_t at = header.position.value;
  if (static_cast<std::uint8_t>(header.kind) == 0) return damaged(at, "frame of kind 0");
  if (!is_known(header.kind))
    return unsupported(at,
                       fmt::format("{} frame (kind {})", kind_name(header.kind), static_cast<unsigned>(header.kind)));
  if ((header.flags & kFlagTransactional) != 0 || header.transaction_id != 0)
    return unsupported(at, "frame of a transaction");
  if ((header.flags & kFlagEncrypted) != 0 || header.key_id != 0) return unsupported(at, "encrypted frame");
  if (header.producer_epoch != 0 || header.producer_sequence != 0)
    return unsupported(at, "frame of a producer that numbers its appends");
  if (header.dictionary_id != 0) return unsupported(at, "frame compressed with a dictionary");
  if ((header.flags & ~(kFlagOrigins | kFlagHoles | kFlagGroupBegin | kFlagGroupEnd)) != 0)
    return unsupported(at, fmt::format("frame with flags {:#x}", header.flags));
  if (header.layout != BodyLayout::plain && header.layout != BodyLayout::sections)
    return unsupported(at, fmt::format("body layout {}", static_cast<unsigned>(header.layout)));
  if (header.zero_byte != 0 || header.zeros != 0) return unsupported(at, "frame with reserved bytes in use");
  return {};
}

/// An append that was compacted takes up the offsets that it had, and says which of them have an event.
Checked<void> check_holes(const FrameHead& head) {
  const FrameHeader& header = head.header;
  const std::uint64_t at = header.position.value;
  const std::vector<std::byte>& present = head.extension.present_offsets;
  if (((header.flags & kFlagHoles) != 0) != !present.empty())
    return damaged(at, "flag and present offsets of a frame with holes disagree");
  if (header.kind == FrameKind::gap && present.empty()) return {};
  const bool may_have_holes = header.kind == FrameKind::data && !head.extension.commit;
  if (header.offset_span < header.event_count || (!may_have_holes && header.offset_span != header.event_count))
    return damaged(at,
                   fmt::format("frame of {} events that takes up {} offsets", header.event_count, header.offset_span));
  const bool is_needed = header.event_count != 0 && header.event_count != header.offset_span;
  if (is_needed == present.empty())
    return damaged(at, fmt::format("frame of {} events on {} offsets {} present offsets", header.event_count,
                                   header.offset_span, is_needed ? "without" : "with"));
  if (!is_needed) return {};
  const std::uint64_t bits = bits_in(present, 0, 8 * present.size());
  if (present.size() == bitmap_bytes(header.offset_span) && bits == header.event_count &&
      bits_in(present, 0, header.offset_span) == bits)
    return {};
  return damaged(at, fmt::format("{} bytes with {} present offsets in a frame of {} events on {} offsets",
                                 present.size(), bits, header.event_count, header.offset_span));
}

/// Likewise an origin, of which the offsets before it are known to be those of the frame.
Checked<void> check_holes(const FrameHead& head, const StoredOrigin& origin, std::uint64_t offsets_before) {
  const std::uint64_t at = head.header.position.value;
  const std::vector<std::byte>& present = head.extension.present_offsets;
  if (origin.offset_span == 0 || origin.offset_span < origin.event_count)
    return damaged(at,
                   fmt::format("origin of {} events that takes up {} offsets", origin.event_count, origin.offset_span));
  const std::uint64_t end = offsets_before + origin.offset_span;
  // Without the field all offsets have an event, or none; what does not fit is told by the sums.
  if (present.empty() || end > head.header.offset_span) return {};
  const std::uint64_t events = bits_in(present, offsets_before, end);
  if (events == origin.event_count) return {};
  return damaged(at, fmt::format("origin of {} events with {} present offsets", origin.event_count, events));
}

/// The origins of a repacked frame are its events, in the order of their appends.
Checked<void> check_origins(const FrameHead& head) {
  const FrameHeader& header = head.header;
  const std::uint64_t at = header.position.value;
  const std::vector<StoredOrigin>& origins = head.extension.origins;
  if ((header.flags & kFlagOrigins) != 0 && origins.empty()) return damaged(at, "repacked frame without its origins");
  if ((header.flags & kFlagOrigins) == 0 && !origins.empty()) return damaged(at, "frame with origins that has no flag");
  if (origins.empty() && header.kind != FrameKind::gap && header.last_sequence != header.sequence)
    return damaged(at, fmt::format("frame of one append with sequences from {} to {}", header.sequence.value,
                                   header.last_sequence.value));
  if (origins.empty()) return {};
  if (header.kind != FrameKind::data || head.extension.commit || head.extension.producer)
    return damaged(at, "repacked frame that is a control frame, of a commit or of a producer");
  if (origins.size() < 2 || origins.size() > kFrameOriginsMax)
    return damaged(at, fmt::format("repacked frame of {} appends", origins.size()));
  std::uint64_t events = 0;
  std::uint64_t offsets = 0;
  for (std::size_t i = 0; i < origins.size(); ++i) {
    if (auto checked = check_holes(head, origins[i], offsets); !checked) return checked;
    events += origins[i].event_count;
    offsets += origins[i].offset_span;
    if (i > 0 &&
        (origins[i].sequence <= origins[i - 1].sequence || origins[i].append_time < origins[i - 1].append_time))
      return damaged(
          at, fmt::format("origin {} with sequence {} and append time {} after {} and {}", i, origins[i].sequence.value,
                          origins[i].append_time, origins[i - 1].sequence.value, origins[i - 1].append_time));
  }
  if (events != header.event_count || offsets != header.offset_span)
    return damaged(at, fmt::format("origins of {} events on {} offsets in a frame of {} on {}", events, offsets,
                                   header.event_count, header.offset_span));
  if (origins.front().sequence != header.sequence || origins.back().sequence != header.last_sequence ||
      origins.front().append_time != header.append_time)
    return damaged(at, "origins that do not begin and end as their frame does");
  return {};
}

/// What a kind of frame must have and must not have.
Checked<void> check_kind(const FrameHead& head) {
  const FrameHeader& header = head.header;
  const std::uint64_t at = header.position.value;
  const bool is_data = header.kind == FrameKind::data;
  const bool is_commit = head.extension.commit.has_value();
  if (is_data != (header.layout == BodyLayout::sections))
    return damaged(at, fmt::format("frame of kind {} with body layout {}", static_cast<unsigned>(header.kind),
                                   static_cast<unsigned>(header.layout)));
  if (!is_data && (header.event_count != 0 || is_commit)) return damaged(at, "control frame with events or a commit");
  if (header.layout == BodyLayout::plain && header.stored_length != header.raw_length)
    return damaged(at, "plain body with two lengths");
  const bool is_gap = header.kind == FrameKind::gap;
  if (is_gap && header.last_sequence < header.sequence)
    return damaged(at,
                   fmt::format("gap from sequence {} back to {}", header.sequence.value, header.last_sequence.value));
  if (!is_gap && (header.kind == FrameKind::owner_epoch) != head.extension.owner_epoch.has_value())
    return damaged(at, "owner epoch and the kind of the frame disagree");
  if (!is_gap && (header.kind == FrameKind::log_start) != head.extension.log_start.has_value())
    return damaged(at, "log start and the kind of the frame disagree");
  const Offset last_start = header.base_offset.plus(is_gap ? header.offset_span : 0);
  if (head.extension.log_start && *head.extension.log_start > last_start)
    return damaged(at, fmt::format("frame at offset {} that moves the log start behind itself, to {}",
                                   header.base_offset.value, head.extension.log_start->value));
  if ((header.producer_id != 0) != head.extension.producer.has_value())
    return damaged(at, "producer's identity and mark disagree");
  if (head.extension.producer && (!is_data || is_commit || head.extension.producer->through < header.offset_span))
    return damaged(at, fmt::format("frame on {} offsets with a producer's mark through {}", header.offset_span,
                                   head.extension.producer->through));
  if (!is_commit && ((header.flags & ~(kFlagOrigins | kFlagHoles)) != 0 || header.consumed_through != kNoSequence))
    return damaged(at, "frame that belongs to a commit but has no commit block");
  return {};
}

}  // namespace

FrameInfo frame_info(const FrameHead& head) {
  FrameInfo info;
  info.sequence = head.header.sequence;
  info.append_time = head.header.append_time;
  info.first_offset = head.header.base_offset;
  info.offset_span = head.header.offset_span;
  info.count = head.header.event_count;
  info.stored_bytes = head.header.frame_bytes();
  info.through = head.header.consumed_through;
  info.group_begin = (head.header.flags & kFlagGroupBegin) != 0;
  info.group_end = (head.header.flags & kFlagGroupEnd) != 0;
  info.commit = head.extension.commit;
  if (const auto& producer = head.extension.producer)
    info.producer = ProducerMark{head.header.producer_id, producer->through, producer->digest};
  return info;
}

Checked<FrameHead> read_head(Bytes bytes, Position position, std::uint64_t salt) {
  const std::uint64_t at = position.value;
  if (bytes.size() < kFrameHeaderBytes) return cut(at, kFrameHeaderBytes);
  const auto header = load<FrameHeader>(bytes.data());
  if (header.magic != kFrameMagic) {
    if (all_zeros(bytes.first(kFrameHeaderBytes)))
      return std::unexpected(Fault{FaultKind::zeros, at, 0, "zeros where a frame is expected"});
    return damaged(at, fmt::format("no frame (magic {:08x}, expected {:08x})", header.magic, kFrameMagic));
  }
  if (header.header_length < kFrameHeaderBytes || header.header_length > kFrameHeaderBytes + kExtensionBytesMax ||
      header.header_length % kFrameAlignment != 0)
    return damaged(at, fmt::format("frame with a header of {} bytes", header.header_length));
  if (bytes.size() < header.header_length) return cut(at, header.header_length);
  const std::uint64_t hash = hash_around(bytes.first(header.header_length), offsetof(FrameHeader, header_hash));
  if (hash != header.header_hash)
    return damaged(at, fmt::format("frame header with hash {:016x}, expected {:016x}", hash, header.header_hash));
  if (header.version != kFrameVersion)
    return unsupported(at, fmt::format("frame of version {}", static_cast<unsigned>(header.version)));
  if (auto checked = check_place(header, position, salt); !checked) return pass_on(checked);
  if (auto checked = check_supported(header); !checked) return pass_on(checked);
  if (auto checked = check_limits(header); !checked) return pass_on(checked);
  auto extension = decode_extension(bytes.first(header.header_length).subspan(kFrameHeaderBytes), at);
  if (!extension) return pass_on(extension);
  FrameHead head{header, std::move(*extension)};
  if (auto checked = check_kind(head); !checked) return pass_on(checked);
  if (auto checked = check_holes(head); !checked) return pass_on(checked);
  if (auto checked = check_origins(head); !checked) return pass_on(checked);
  return head;
}

Checked<Bytes> read_body(Bytes bytes, const FrameHeader& header) {
  const std::uint64_t at = header.position.value;
  if (bytes.size() < header.frame_bytes()) return cut(at, header.frame_bytes());
  const Bytes body = bytes.subspan(header.header_length, header.stored_length);
  const std::uint64_t hash = hash_of(body);
  if (hash != header.stored_hash)
    return damaged(at, fmt::format("frame body with hash {:016x}, expected {:016x}", hash, header.stored_hash));
  const std::size_t end = std::size_t{header.header_length} + header.stored_length;
  if (!all_zeros(bytes.subspan(end, header.frame_bytes() - end)))
    return damaged(at, "frame followed by alignment bytes that are not zero");
  return body;
}

}  // namespace kappa::log
