#include "format/extension.hpp"

#include <fmt/format.h>

#include "format/format.hpp"
#include "format/hash.hpp"

// The extension area lets later versions add to a frame without a new header: a field that old readers may ignore is
// skipped by its length, one that they must not is marked, and they refuse the frame rather than misread it. The area
// is under the header's hash, so what fails to parse here was written so: it is either newer than this version or no
// frame of ours.

namespace kappa::log {
namespace {

std::size_t padded(std::size_t bytes) {
  return (bytes + kFrameAlignment - 1) / kFrameAlignment * kFrameAlignment;
}

void put_bytes(std::vector<std::byte>& to, Bytes bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

void put_field(std::vector<std::byte>& to, std::uint16_t type, std::size_t length,
               std::uint16_t flags = kFieldMustUnderstand) {
  const FieldHeader header{type, flags, static_cast<std::uint32_t>(length)};
  put_bytes(to, image_of(header));
}

Checked<CommitBlock> decode_commit(Bytes payload, std::uint64_t position) {
  if (payload.size() < sizeof(StoredCommitBlock))
    return damaged(position, fmt::format("commit block of {} bytes, expected at least {}", payload.size(),
                                         sizeof(StoredCommitBlock)));
  const auto stored = load<StoredCommitBlock>(payload.data());
  const std::uint64_t expected = sizeof stored + std::uint64_t{stored.input_count} * sizeof(StoredInput);
  if (payload.size() != expected)
    return damaged(position, fmt::format("commit block of {} bytes, expected {} for {} inputs", payload.size(),
                                         expected, stored.input_count));
  if (stored.is_switch != 0) return unsupported(position, "the switching commit of a deploy");
  if (stored.kind != static_cast<std::uint8_t>(CommitKind::changes) &&
      stored.kind != static_cast<std::uint8_t>(CommitKind::progress))
    return unsupported(position, fmt::format("commit of kind {}", stored.kind));
  if (stored.zero != 0) return unsupported(position, "commit block with reserved bytes in use");
  CommitBlock block;
  block.kind = static_cast<CommitKind>(stored.kind);
  block.version = stored.version;
  block.epoch = stored.epoch;
  block.from = stored.from;
  block.fingerprint = {stored.fingerprint_weight, stored.fingerprint_low, stored.fingerprint_high};
  block.inputs.reserve(stored.input_count);
  for (std::size_t at = sizeof stored; at < payload.size(); at += sizeof(StoredInput)) {
    const auto input = load<StoredInput>(payload.data() + at);
    if (input.zero != 0) return unsupported(position, "input of a commit with reserved bytes in use");
    block.inputs.push_back({input.topic, input.partition, input.end});
  }
  return block;
}

Checked<std::uint32_t> decode_owner_epoch(Bytes payload, std::uint64_t position) {
  if (payload.size() != sizeof(StoredOwnerEpoch))
    return damaged(position,
                   fmt::format("owner epoch of {} bytes, expected {}", payload.size(), sizeof(StoredOwnerEpoch)));
  const auto stored = load<StoredOwnerEpoch>(payload.data());
  if (stored.zero != 0) return unsupported(position, "owner epoch with reserved bytes in use");
  return stored.epoch;
}

Checked<Offset> decode_log_start(Bytes payload, std::uint64_t position) {
  if (payload.size() != sizeof(StoredLogStart))
    return damaged(position, fmt::format("log start of {} bytes, expected {}", payload.size(), sizeof(StoredLogStart)));
  return load<StoredLogStart>(payload.data()).log_start;
}

Checked<StoredProducer> decode_producer(Bytes payload, std::uint64_t position) {
  if (payload.size() != sizeof(StoredProducer))
    return damaged(position,
                   fmt::format("producer's mark of {} bytes, expected {}", payload.size(), sizeof(StoredProducer)));
  return load<StoredProducer>(payload.data());
}

Checked<std::vector<StoredOrigin>> decode_origins(Bytes payload, std::uint64_t position) {
  if (payload.empty() || payload.size() % sizeof(StoredOrigin) != 0)
    return damaged(position,
                   fmt::format("origins of {} bytes, expected some of {} each", payload.size(), sizeof(StoredOrigin)));
  std::vector<StoredOrigin> origins(payload.size() / sizeof(StoredOrigin));
  std::memcpy(origins.data(), payload.data(), payload.size());
  return origins;
}

Checked<void> decode_field(const FieldHeader& field, Bytes payload, std::uint64_t position, Extension& to) {
  if (field.type == kFieldCommitBlock) {
    auto block = decode_commit(payload, position);
    if (!block) return pass_on(block);
    to.commit = std::move(*block);
    return {};
  }
  if (field.type == kFieldOwnerEpoch) {
    auto epoch = decode_owner_epoch(payload, position);
    if (!epoch) return pass_on(epoch);
    to.owner_epoch = *epoch;
    return {};
  }
  if (field.type == kFieldLogStart) {
    auto log_start = decode_log_start(payload, position);
    if (!log_start) return pass_on(log_start);
    to.log_start = *log_start;
    return {};
  }
  if (field.type == kFieldOrigins) {
    auto origins = decode_origins(payload, position);
    if (!origins) return pass_on(origins);
    to.origins = std::move(*origins);
    return {};
  }
  if (field.type == kFieldPresentOffsets) {
    if (payload.empty()) return damaged(position, "present offsets of 0 bytes");
    to.present_offsets.assign(payload.begin(), payload.end());
    return {};
  }
  if (field.type == kFieldProducer) {
    auto producer = decode_producer(payload, position);
    if (!producer) return pass_on(producer);
    to.producer = *producer;
    return {};
  }
  if ((field.flags & kFieldMustUnderstand) != 0)
    return unsupported(position, fmt::format("field {} (unknown), which must be understood,", field.type));
  return {};
}

}  // namespace

void put_commit_field(std::vector<std::byte>& to, const CommitFrame& commit) {
  const CommitBlock& block = *commit.block;
  StoredCommitBlock stored;
  stored.kind = static_cast<std::uint8_t>(block.kind);
  stored.is_switch = block.is_switch ? 1 : 0;
  stored.version = block.version;
  stored.epoch = block.epoch;
  stored.from = block.from;
  if (commit.ends) {
    stored.input_count = static_cast<std::uint32_t>(block.inputs.size());
    stored.fingerprint_weight = block.fingerprint.weight;
    stored.fingerprint_low = block.fingerprint.low;
    stored.fingerprint_high = block.fingerprint.high;
  }
  put_field(to, kFieldCommitBlock, sizeof stored + stored.input_count * sizeof(StoredInput));
  put_bytes(to, image_of(stored));
  for (std::size_t i = 0; i < stored.input_count; ++i) {
    const ConsumedInput& input = block.inputs[i];
    put_bytes(to, image_of(StoredInput{input.topic, input.partition, 0, input.end}));
  }
}

void put_owner_epoch_field(std::vector<std::byte>& to, std::uint32_t epoch) {
  put_field(to, kFieldOwnerEpoch, sizeof(StoredOwnerEpoch));
  put_bytes(to, image_of(StoredOwnerEpoch{epoch, 0}));
}

void put_log_start_field(std::vector<std::byte>& to, Offset log_start) {
  put_field(to, kFieldLogStart, sizeof(StoredLogStart));
  put_bytes(to, image_of(StoredLogStart{log_start}));
}

void put_producer_field(std::vector<std::byte>& to, const StoredProducer& producer) {
  put_field(to, kFieldProducer, sizeof producer, 0);  // Events are read as well by who does not know it.
  put_bytes(to, image_of(producer));
}

void put_origins_field(std::vector<std::byte>& to, std::span<const StoredOrigin> origins) {
  put_field(to, kFieldOrigins, origins.size_bytes());
  put_bytes(to, std::as_bytes(origins));
}

void put_present_offsets_field(std::vector<std::byte>& to, Bytes bitmap) {
  put_field(to, kFieldPresentOffsets, bitmap.size());
  put_bytes(to, bitmap);
  to.resize(padded(to.size()));
}

Checked<Extension> decode_extension(Bytes area, std::uint64_t position) {
  Extension extension;
  std::uint16_t last_type = 0;
  while (!area.empty()) {
    if (area.size() < sizeof(FieldHeader)) return damaged(position, "extension area that ends inside a field");
    const auto field = load<FieldHeader>(area.data());
    area = area.subspan(sizeof field);
    if (field.type <= last_type)
      return damaged(position, fmt::format("field {} after field {} in the extension area", field.type, last_type));
    if ((field.flags & ~std::uint32_t{kFieldMustUnderstand}) != 0)
      return unsupported(position, fmt::format("field {} with flags {}", field.type, field.flags));
    if (padded(field.length) > area.size())
      return damaged(position,
                     fmt::format("field {} of {} bytes where {} are left", field.type, field.length, area.size()));
    if (!all_zeros(area.subspan(field.length, padded(field.length) - field.length)))
      return damaged(position, fmt::format("field {} followed by bytes that are not zero", field.type));
    if (auto taken = decode_field(field, area.first(field.length), position, extension); !taken) return pass_on(taken);
    area = area.subspan(padded(field.length));
    last_type = field.type;
  }
  return extension;
}

}  // namespace kappa::log
