// A frame's header, its extension area, the hash of its body: as it stands in a segment. Nothing random passes a hash,
// so half of the inputs get theirs put right first.
#include "format/frame.hpp"
#include "format/hash.hpp"
#include "format/origins.hpp"
#include "format/scan.hpp"
#include "fuzz.hpp"

namespace kappa::fuzz {
namespace {

using namespace log;

constexpr std::uint64_t kSalt = 0x5A17;
constexpr Position kPlace{kFirstFramePosition};

void put_right(std::vector<std::byte>& frame) {
  auto header = load<FrameHeader>(frame.data());
  header.magic = kFrameMagic;
  header.version = kFrameVersion;
  header.salt = kSalt;
  header.position = kPlace;
  const auto room = static_cast<std::uint32_t>(frame.size() - kFrameHeaderBytes) / kFrameAlignment * kFrameAlignment;
  if (header.header_length < kFrameHeaderBytes || header.header_length - kFrameHeaderBytes > room)
    header.header_length = kFrameHeaderBytes + room;
  const std::size_t behind = frame.size() - header.header_length;
  header.stored_length = static_cast<std::uint32_t>(std::min<std::size_t>(header.stored_length, behind));
  if (frame.size() < header.frame_bytes()) frame.resize(header.frame_bytes());
  header.stored_hash = hash_of(Bytes(frame).subspan(header.header_length, header.stored_length));
  header.header_hash = 0;
  store(frame.data(), header);
  header.header_hash = hash_of(Bytes(frame).first(header.header_length));
  store(frame.data(), header);
}

std::vector<std::byte> encoded(const Extension& extension) {
  std::vector<std::byte> area;
  if (extension.commit) put_commit_field(area, {&*extension.commit, {}, true, true});
  if (extension.owner_epoch) put_owner_epoch_field(area, *extension.owner_epoch);
  if (!extension.origins.empty()) put_origins_field(area, extension.origins);
  if (!extension.present_offsets.empty()) put_present_offsets_field(area, extension.present_offsets);
  if (extension.log_start) put_log_start_field(area, *extension.log_start);
  if (extension.producer) put_producer_field(area, *extension.producer);
  return area;
}

void check_extension(const Extension& extension) {
  const auto area = encoded(extension);
  const auto again = decode_extension(area, kPlace.value);
  require(again && encoded(*again) == area, "an extension area decodes to what was encoded");
}

/// The frames that a frame stands for are its events, one after the other.
void check_origins(const FrameHead& head) {
  std::uint64_t events = 0;
  std::uint64_t offsets = 0;
  for (OriginWalk walk(head);; walk.step()) {
    const FrameHeader& origin = walk.origin().header;
    require(origin.base_offset == head.header.base_offset.plus(offsets), "origins follow each other");
    require(origin.sequence >= head.header.sequence && origin.sequence <= head.header.last_sequence,
            "origins are within their frame");
    require(origin.event_count <= origin.offset_span || origin.kind != FrameKind::data, "an event has an offset");
    events += origin.event_count;
    offsets += origin.offset_span;
    if (walk.is_last()) break;
  }
  require(offsets == head.header.offset_span, "origins take up the offsets of their frame");
  require(events == head.header.event_count, "origins are all of their frame");
}

/// Whoever is told to come back with more bytes must not be told the same again.
template <typename T>
void check_cut(const Checked<T>& read, Bytes bytes) {
  if (!read && read.error().kind == FaultKind::cut)
    require(read.error().need > bytes.size(), "a frame that is cut off needs more bytes than there are");
}

void read(Bytes bytes) {
  const auto head = read_head(bytes, kPlace, kSalt);
  check_cut(head, bytes);
  static_cast<void>(find_traces(bytes, kPlace, kSalt));
  static_cast<void>(find_traces(bytes, kPlace, std::nullopt));
  if (!head) return;
  const FrameHeader& header = head->header;
  require(header.frame_bytes() % kFrameAlignment == 0 && header.frame_bytes() >= kFrameHeaderBytes, "frames align");
  require(find_traces(bytes, kPlace, kSalt).highest >= header.sequence, "a valid header leaves a trace");
  static_cast<void>(frame_info(*head));
  check_origins(*head);
  check_extension(head->extension);
  check_cut(read_body(bytes, header), bytes);
  const ChainPoint before{
      kPlace, header.previous_hash, header.base_offset, {header.sequence.value - 1}, header.append_time, 0, {}};
  const auto frame = next_frame(bytes, before, kSalt);
  check_cut(frame, bytes);
  if (frame) require(after(before, frame->head).position.value > kPlace.value, "the next frame stands behind");
}

}  // namespace

void run(Bytes input) {
  FuzzInput take(input);
  const std::uint8_t how = take.byte();
  std::vector<std::byte> frame(take.rest().begin(), take.rest().end());
  if ((how & 1U) != 0 && frame.size() >= kFrameHeaderBytes) put_right(frame);
  read(frame);
  read(Bytes(frame).first(frame.size() / 2));
  const auto extension = decode_extension(take.rest(), kPlace.value);
  if (extension) check_extension(*extension);
}

}  // namespace kappa::fuzz
