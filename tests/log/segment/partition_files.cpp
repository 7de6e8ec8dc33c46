#include "partition_files.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <array>
#include <fstream>

#include "kappa/base/event_builder.hpp"

namespace kappa::log {
namespace {

constexpr std::uint64_t kAllocatedBytes = 64 << 10;

SegmentHeader first_header() {
  SegmentHeader header;
  header.topic = {{1, 2}};
  header.directory = {{3, 4}};
  header.salt = 0x5A17;
  return header;
}

}  // namespace

PartitionFiles::PartitionFiles() {
  begin(first_header());
}

void PartitionFiles::begin(const SegmentHeader& header) {
  segments_.push_back(create_segment(real_seam(), directory_, header, kAllocatedBytes).value());
  end_ = segments_.back()->start.chain();
  points_ = {end_};
  marks_ = 0;
}

void PartitionFiles::append(std::size_t frames, std::size_t value_bytes) {
  const std::string value(value_bytes, 'v');
  EventBatchBuilder events;
  events.add({kNoTimestamp, std::nullopt, as_bytes(value), {}});
  FrameDraft draft;
  ASSERT_TRUE(draft_data_frame(events.columns(), {}, CompressionLevel::stored, draft));
  for (std::size_t i = 0; i < frames; ++i) {
    const SegmentFile& segment = *segments_.back();
    const Micros time = end_.last_append_time + 10;
    const FrameHeader header = seal_frame(draft, {segment.salt(), end_.position, end_.next_offset,
                                                  end_.last_sequence.plus(1), time, time, end_.position, end_.chain});
    const std::array<Bytes, 2> parts = {draft.head, draft.body.padded()};
    ASSERT_TRUE(real_seam().write(segment.file, end_.position.value, parts));
    end_ = after(end_, {header, {}});
    points_.push_back(end_);
  }
}

void PartitionFiles::mark() {
  ASSERT_TRUE(write_mark(real_seam(), *segments_.back(), {++marks_, end_}));
}

void PartitionFiles::roll() {
  const SegmentHeader old = segments_.back()->start.header;
  SegmentHeader header = first_header();
  header.base_offset = end_.next_offset;
  header.previous_base = old.base_offset;
  header.previous_salt = old.salt;
  header.previous_end = end_.position;
  header.previous_chain = end_.chain;
  header.previous_last_sequence = end_.last_sequence;
  header.previous_last_append_time = end_.last_append_time;
  header.owner_epoch = end_.owner_epoch;
  header.salt = old.salt + 1;
  begin(header);
}

void PartitionFiles::invert(const std::string& path, std::uint64_t position) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(position));
  const int byte = file.get();
  file.seekp(static_cast<std::streamoff>(position));
  file.put(static_cast<char>(~byte));
}

std::vector<std::byte> PartitionFiles::content(const std::string& path) {
  std::vector<std::byte> bytes(std::filesystem::file_size(path));
  std::ifstream(path, std::ios::binary)
      .read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return bytes;
}

}  // namespace kappa::log
