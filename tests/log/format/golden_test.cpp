// Bytes that must not change: files written by this version are read by all later ones. The frame is pinned by the
// example in docs/log-format.md; here is the rest.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "format/footer.hpp"
#include "sample.hpp"

namespace kappa::log {
namespace {

std::string hex(Bytes bytes) {
  std::string text;
  for (const std::byte byte : bytes) text += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
  return text;
}

SegmentHeader golden_header() {
  SegmentHeader header;
  header.partition = 3;
  header.topic = {{0x11, 0x12}};
  header.directory = {{0x13, 0x14}};
  header.base_offset = {0x15};
  header.previous_base = {0x16};
  header.previous_salt = 0x17;
  header.previous_end = {0x3018};
  header.previous_chain = 0x19;
  header.previous_last_sequence = {0x1a};
  header.previous_last_append_time = 0x1b;
  header.salt = 0x1c;
  header.owner_epoch = 0x1d;
  header.rewriting = 0x1e;
  return header;
}

TEST(Golden, SegmentHeader) {
  const Block block = encode_segment_header(golden_header());
  EXPECT_EQ(hex(Bytes(block).first(kSegmentHeaderBytes)),
            "4b4150504153454701000000030000000000000000000000000000000000000000000000000000001100000000000000"
            "120000000000000013000000000000001400000000000000150000000000000000000000000000001600000000000000"
            "1700000000000000183000000000000019000000000000001a000000000000001b000000000000001c00000000000000"
            "1d000000000000001e00000000000000");
  EXPECT_EQ(hex(Bytes(block).last(8)), "0ffc629477e2334c");
}

TEST(Golden, Mark) {
  EXPECT_EQ(hex(encode_mark({5, {{0x3018}, 0x21, {0x22}, {0x23}, 0x24, 0x25, {0x26}}}, 0x1c)),
            "4b415050414d524b1c000000000000000500000000000000183000000000000021000000000000002200000000000000"
            "2300000000000000240000000000000025000000000000002600000000000000"
            "337cea57cb3fcb7c");
}

TEST(Golden, DirectoryFile) {
  EXPECT_EQ(hex(encode_directory_file({{0x31, 0x32}}, {})),
            "4b4150504144495201000000000000000000000000000000000000000000000000000000000000003100000000000000"
            "32000000000000005a1dc2b08ede0411");
}

TEST(Golden, Footer) {
  FooterBuilder builder(*decode_segment_header(encode_segment_header(golden_header())));
  EXPECT_EQ(hex(encode_footer(builder.finish())),
            "4b4150504146545201000000000000001c0000000000000000300000000000000ffc629477e2334c0030000000000000"
            "0ffc629477e2334c00000000000000000000000000000000000000000000000015000000000000001500000000000000"
            "000000000000000000000000000000000000000000000000000000000000000000000000000000800000000000000080"
            "1d0000001e000000a80000004b46544cbec46f070d3d273f");
}

TEST(Golden, CommitBlock) {
  CommitBlock block;
  block.version = 0x41;
  block.epoch = 0x42;
  block.from = {0x43};
  block.fingerprint = {-1, 0x44, 0x45};
  block.inputs = {{{{0x46, 0x47}}, 0x48, {0x49}}};
  std::vector<std::byte> field;
  put_commit_field(field, {&block, {0x50}, true, true});
  EXPECT_EQ(hex(field),
            "0100010050000000010000004100000042000000010000004300000000000000ffffffffffffffff4400000000000000"
            "45000000000000004600000000000000470000000000000048000000000000004900000000000000");
}

}  // namespace
}  // namespace kappa::log
