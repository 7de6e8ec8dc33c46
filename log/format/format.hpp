#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "kappa/base/units.hpp"
#include "kappa/log/topic.hpp"

/// Every number of the stored format, under the name it has in docs/log-format.md, which is normative. Structs here
/// lie in files exactly as in memory: little-endian, without hidden padding, pinned by the assertions at the end.
namespace kappa::log {

// Limits. A reader refuses what is beyond them before it allocates anything.
inline constexpr std::uint32_t kEventBytesMax = 8u << 20;  ///< Key, value and headers of one event together.
inline constexpr std::uint32_t kEventHeadersBytesMax = 64u << 10;
inline constexpr std::uint32_t kFrameRawBytesMax = 16u << 20;  ///< Sum of the raw lengths of a body's sections.
inline constexpr std::uint32_t kFrameEventsMax = 1u << 20;
inline constexpr std::uint32_t kGapRawBytesMax = 17u << 20;  ///< Body of a gap; so it takes the place of any frame.
inline constexpr std::uint32_t kExtensionBytesMax = 256u << 10;
inline constexpr std::uint64_t kUnsealedBytesMin = 65536;      ///< Until it is sealed a segment is at least this long.
inline constexpr std::uint64_t kSegmentBytesMax = 1ull << 40;  ///< No position in a segment is at or above it.

// Frames.
inline constexpr std::uint32_t kFrameMagic = 0x4D52464B;  ///< "KFRM"
inline constexpr std::uint8_t kFrameVersion = 1;
inline constexpr std::uint32_t kFrameHeaderBytes = 192;
inline constexpr std::uint32_t kFrameAlignment = 8;

/// Kind of a frame. Of these, this version writes and reads data, padding, gap, log_start and owner_epoch.
enum class FrameKind : std::uint8_t {
  data = 1,
  padding = 2,
  gap = 3,
  log_start = 4,
  transaction_commit = 5,
  transaction_abort = 6,
  producer_snapshot = 7,
  owner_epoch = 8
};

// Flags of a frame.
inline constexpr std::uint32_t kFlagOrigins = 1;
inline constexpr std::uint32_t kFlagHoles = 2;
inline constexpr std::uint32_t kFlagGroupBegin = 4;
inline constexpr std::uint32_t kFlagGroupEnd = 8;
inline constexpr std::uint32_t kFlagTransactional = 16;
inline constexpr std::uint32_t kFlagEncrypted = 32;

/// How a body's bytes are laid out: as they are (padding, control frames), or as a table of sections.
enum class BodyLayout : std::uint8_t { plain = 1, sections = 2 };

/// The header of a frame. `header_length` counts header and extension area; `header_hash` covers both, with itself as
/// zero. Times are Micros.
struct FrameHeader {
  std::uint32_t magic = kFrameMagic;
  std::uint8_t version = kFrameVersion;
  FrameKind kind = FrameKind::data;
  BodyLayout layout = BodyLayout::sections;
  std::uint8_t zero_byte = 0;
  std::uint32_t flags = 0;
  std::uint32_t header_length = kFrameHeaderBytes;
  std::uint32_t stored_length = 0;  ///< Bytes of the body in the file, without the zeros that align the next frame.
  std::uint32_t raw_length = 0;     ///< Sum of the raw lengths of the sections; of a plain body, its length.
  std::uint32_t event_count = 0;
  std::uint32_t offset_span = 0;  ///< Offsets the frame takes up; more than events where compaction has removed some.
  std::uint64_t producer_id = 0;
  std::uint32_t producer_epoch = 0;
  std::uint32_t producer_sequence = 0;
  std::uint64_t salt = 0;
  Position position;
  Offset base_offset;
  Sequence sequence;       ///< Of the first origin.
  Sequence last_sequence;  ///< Of the last; differs from `sequence` in a repacked frame only.
  Micros append_time = 0;  ///< Of the first origin.
  Micros min_event_time = kNoTimestamp;
  Micros max_event_time = kNoTimestamp;
  Position durable_position;  ///< In this segment, when the frame was written: evidence for recovery.
  Sequence consumed_through;
  std::uint64_t transaction_id = 0;
  std::uint64_t previous_hash = 0;  ///< header_hash of the frame before; of the segment header before the first.
  std::uint64_t stored_hash = 0;
  std::uint64_t raw_hash = 0;  ///< Of a gap: what the next frame follows, if not this one's header_hash.
  Micros unclamped_clock = 0;  ///< What the clock said; append_time never goes back, this may.
  std::uint32_t dictionary_id = 0;
  std::uint32_t key_id = 0;
  std::uint64_t zeros = 0;
  std::uint64_t header_hash = 0;

  /// Bytes from this frame's start to the next frame's.
  [[nodiscard]] std::uint64_t frame_bytes() const {
    return (std::uint64_t{header_length} + stored_length + kFrameAlignment - 1) / kFrameAlignment * kFrameAlignment;
  }
};

// The extension area: fields in rising order of type, each padded with zeros to the frame alignment.
inline constexpr std::uint16_t kFieldCommitBlock = 1;
inline constexpr std::uint16_t kFieldOwnerEpoch = 2;
inline constexpr std::uint16_t kFieldOrigins = 3;
inline constexpr std::uint16_t kFieldPresentOffsets = 4;
inline constexpr std::uint16_t kFieldLogStart = 5;
inline constexpr std::uint16_t kFieldProducer = 7;
inline constexpr std::uint16_t kFieldMustUnderstand = 1;

/// Begins each field of the extension area; `length` bytes follow.
struct FieldHeader {
  std::uint16_t type = 0;
  std::uint16_t flags = 0;
  std::uint32_t length = 0;
};

/// The fixed part of a commit block; `input_count` entries of StoredInput follow.
struct StoredCommitBlock {
  std::uint8_t kind = 0;
  std::uint8_t is_switch = 0;
  std::uint16_t zero = 0;
  std::uint32_t version = 0;
  std::uint32_t epoch = 0;
  std::uint32_t input_count = 0;
  Sequence from;
  std::int64_t fingerprint_weight = 0;
  std::uint64_t fingerprint_low = 0;
  std::uint64_t fingerprint_high = 0;
};
struct StoredInput {
  TopicId topic;
  std::uint32_t partition = 0;
  std::uint32_t zero = 0;
  Offset end;
};

/// Payload of the field kFieldOwnerEpoch, which frames of kind owner_epoch carry, and gaps in which it has changed.
struct StoredOwnerEpoch {
  std::uint32_t epoch = 0;
  std::uint32_t zero = 0;
};

/// Payload of the field kFieldLogStart, which frames of kind log_start carry, and gaps in which it has changed.
struct StoredLogStart {
  Offset log_start;
};

/// Payload of the field kFieldProducer, which frames with a `producer_id` carry.
struct StoredProducer {
  std::uint64_t through = 0;
  std::uint64_t digest = 0;
};

/// Entry of the field kFieldOrigins, which repacked frames carry: one append, as it was before the frame was repacked.
struct StoredOrigin {
  Sequence sequence;
  Micros append_time = 0;
  std::uint32_t event_count = 0;
  std::uint32_t offset_span = 0;  ///< As in the frame header.
  friend bool operator==(const StoredOrigin&, const StoredOrigin&) = default;
};
inline constexpr std::uint32_t kFrameOriginsMax = 8192;

/// Sections of a body, in the order in which they lie there.
enum class SectionKind : std::uint8_t {
  timestamps = 1,
  key_lengths = 2,
  value_lengths = 3,
  headers = 4,
  key_bytes = 5,
  value_bytes = 6
};
inline constexpr std::uint32_t kSectionCountMax = 6;
inline constexpr std::uint32_t kSectionTableBytesMax = 76;  ///< A body's stored length exceeds its raw one by no more.

enum class Codec : std::uint8_t { none = 1, zstd = 2 };

/// Entry of the table at the start of a body; the table is a 32-bit count and as many entries.
struct SectionEntry {
  SectionKind kind = SectionKind::timestamps;
  Codec codec = Codec::none;
  std::uint16_t zero = 0;
  std::uint32_t stored_length = 0;
  std::uint32_t raw_length = 0;
};

// A column of timestamps: width (1, 2, 4 or 8), the least timestamp, for each event 0 (it has none) or 1 + what its
// timestamp is above the least.
inline constexpr std::uint32_t kTimestampsHeaderBytes = 9;

// A column of lengths: width (1, 2 or 4), presence (kAllPresent or kBitmap), the bitmap, the lengths.
inline constexpr std::uint32_t kLengthsHeaderBytes = 2;
inline constexpr std::uint8_t kAllPresent = 1;
inline constexpr std::uint8_t kBitmap = 2;

// Segments: a block of header, two blocks with a mark each, frames, and once sealed a footer.
inline constexpr std::uint32_t kBlockBytes = 4096;
inline constexpr std::uint64_t kSegmentMagic = 0x474553415050414B;  ///< "KAPPASEG"
inline constexpr std::uint32_t kSegmentVersion = 1;
inline constexpr std::uint64_t kMarkPositionA = 4096;
inline constexpr std::uint64_t kMarkPositionB = 8192;
inline constexpr std::uint64_t kFirstFramePosition = 12288;

/// Feature bits that this version knows: none yet. An unknown incompatible bit refuses everything, an unknown
/// read-only-compatible bit refuses writing, an unknown compatible bit nothing.
inline constexpr std::uint64_t kKnownIncompatible = 0;
inline constexpr std::uint64_t kKnownReadOnlyCompatible = 0;
inline constexpr std::uint64_t kKnownCompatible = 0;

struct Features {
  std::uint64_t incompatible = 0;
  std::uint64_t read_only_compatible = 0;
  std::uint64_t compatible = 0;
  friend bool operator==(const Features&, const Features&) = default;
};

/// 128-bit random identity of a data directory.
struct DirectoryId {
  std::array<std::uint64_t, 2> words{};
  friend bool operator==(const DirectoryId&, const DirectoryId&) = default;
};

/// First bytes of a segment file; zeros follow up to the block's last 8 bytes, a hash of all bytes before it.
struct SegmentHeader {
  std::uint64_t magic = kSegmentMagic;
  std::uint32_t version = kSegmentVersion;
  std::uint32_t partition = 0;
  Features features;
  TopicId topic;
  DirectoryId directory;
  Offset base_offset;
  Offset log_start;                  ///< First offset that was kept when the segment was begun.
  Offset previous_base;              ///< Names the previous segment's file. Meaningless where previous_salt is 0.
  std::uint64_t previous_salt = 0;   ///< 0: there is no previous segment.
  Position previous_end;             ///< Where its frames end.
  std::uint64_t previous_chain = 0;  ///< header_hash of its last frame.
  Sequence previous_last_sequence;   ///< Of the newest frame before this segment.
  Micros previous_last_append_time = 0;
  std::uint64_t salt = 0;  ///< Random, never 0.
  std::uint32_t owner_epoch = 0;
  std::uint32_t producer_count = 0;  ///< Entries of a producer snapshot; none in this version.
  std::uint32_t rewriting = 0;       ///< Random in a segment that was written anew, else 0.
  std::uint32_t zero = 0;
};
inline constexpr std::uint32_t kSegmentHeaderBytes = 160;
inline constexpr std::uint32_t kSegmentHeaderHashPosition = 4088;

/// A durable point of a segment, and so evidence: everything before it was once synced.
inline constexpr std::uint64_t kMarkMagic = 0x4B524D415050414B;  ///< "KAPPAMRK"
struct StoredMark {
  std::uint64_t magic = kMarkMagic;
  std::uint64_t salt = 0;
  std::uint64_t generation = 0;
  Position position;
  std::uint64_t chain = 0;
  Offset next_offset;
  Sequence last_sequence;
  Micros last_append_time = 0;
  std::uint32_t owner_epoch = 0;
  std::uint32_t zero = 0;
  Offset log_start;
  std::uint64_t hash = 0;
};
inline constexpr std::uint32_t kMarkBytes = 88;

/// The footer of a sealed segment begins where the frames end and ends where the file ends.
inline constexpr std::uint64_t kFooterMagic = 0x525446415050414B;  ///< "KAPPAFTR"
inline constexpr std::uint32_t kFooterVersion = 1;
inline constexpr std::uint32_t kFooterTailMagic = 0x4C54464B;  ///< "KFTL"
inline constexpr std::uint32_t kIndexEveryBytes = 64u << 10;
struct FooterHeader {
  std::uint64_t magic = kFooterMagic;
  std::uint32_t version = kFooterVersion;
  std::uint32_t index_count = 0;
  std::uint64_t salt = 0;
  Position end;
  std::uint64_t chain = 0;
  Position original_end;             ///< What the successor names; differs from `end` in a repacked segment only.
  std::uint64_t original_chain = 0;  ///< What the successor names; differs from `chain` in a repacked segment only.
  std::uint64_t frame_count = 0;
  std::uint64_t event_count = 0;
  std::uint64_t raw_bytes = 0;
  Offset base_offset;
  Offset end_offset;
  Sequence first_sequence;
  Sequence last_sequence;
  Micros first_append_time = 0;
  Micros last_append_time = 0;
  Micros min_event_time = kNoTimestamp;
  Micros max_event_time = kNoTimestamp;
  std::uint32_t owner_epoch = 0;
  std::uint32_t rewriting = 0;  ///< Of the segment header.
};
inline constexpr std::uint32_t kFooterHeaderBytes = 152;

/// A place from which a segment can be scanned: what a frame at `position` follows.
struct IndexEntry {
  Position position;
  Offset base_offset;
  Sequence sequence;
  Micros append_time = 0;
  std::uint64_t previous_hash = 0;
};
inline constexpr std::uint32_t kIndexEntryBytes = 40;

/// Last bytes of a footer; `hash` covers every byte of the footer before itself.
struct FooterTail {
  std::uint32_t footer_bytes = 0;
  std::uint32_t magic = kFooterTailMagic;
  std::uint64_t hash = 0;
};
inline constexpr std::uint32_t kFooterTailBytes = 16;

/// The file DIR/kappa.
inline constexpr std::uint64_t kDirectoryMagic = 0x524944415050414B;  ///< "KAPPADIR"
inline constexpr std::uint32_t kDirectoryVersion = 1;
struct DirectoryFile {
  std::uint64_t magic = kDirectoryMagic;
  std::uint32_t version = kDirectoryVersion;
  std::uint32_t zero = 0;
  Features features;
  DirectoryId id;
  std::uint64_t hash = 0;
};
inline constexpr std::uint32_t kDirectoryFileBytes = 64;

template <typename T, std::size_t kBytes>
inline constexpr bool kLaidOut =
    std::is_standard_layout_v<T> && std::is_trivially_copyable_v<T> && sizeof(T) == kBytes &&
    std::has_unique_object_representations_v<T>;  // no hidden padding

static_assert(kLaidOut<FrameHeader, kFrameHeaderBytes>);
static_assert(offsetof(FrameHeader, flags) == 8 && offsetof(FrameHeader, producer_id) == 32);
static_assert(offsetof(FrameHeader, salt) == 48 && offsetof(FrameHeader, sequence) == 72);
static_assert(offsetof(FrameHeader, durable_position) == 112 && offsetof(FrameHeader, previous_hash) == 136);
static_assert(offsetof(FrameHeader, dictionary_id) == 168 && offsetof(FrameHeader, header_hash) == 184);
static_assert(kLaidOut<FieldHeader, 8> && kLaidOut<StoredCommitBlock, 48> && kLaidOut<StoredInput, 32>);
static_assert(kLaidOut<StoredOrigin, 24>);
static_assert(kLaidOut<StoredOwnerEpoch, 8> && kLaidOut<StoredLogStart, 8> && kLaidOut<SectionEntry, 12>);
static_assert(kLaidOut<SegmentHeader, kSegmentHeaderBytes> && offsetof(SegmentHeader, salt) == 136);
static_assert(kLaidOut<StoredMark, kMarkBytes> && offsetof(StoredMark, hash) == 80);
static_assert(kLaidOut<FooterHeader, kFooterHeaderBytes> && kLaidOut<IndexEntry, kIndexEntryBytes>);
static_assert(kLaidOut<FooterTail, kFooterTailBytes> && kLaidOut<DirectoryFile, kDirectoryFileBytes>);

}  // namespace kappa::log
