// Writes the binary seeds, out of the samples that the tests of the format use: fuzz_seeds seeds. The texts among the
// seeds are written by hand.
#include <filesystem>
#include <fstream>

#include "format/footer.hpp"
#include "format/hash.hpp"
#include "format/segment_header.hpp"
#include "kappa/base/headers.hpp"
#include "sample.hpp"

namespace kappa::fuzz {
namespace {

using namespace log;
using sample::Image;

class Seeds {
 public:
  explicit Seeds(std::filesystem::path root) : root_(std::move(root)) {}

  /// A seed that begins with these bytes (how the fuzzer is to take the rest).
  void write(const std::string& name, std::initializer_list<int> how, Bytes bytes) const {
    const auto path = root_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream file(path, std::ios::binary);
    for (const int byte : how) file.put(static_cast<char>(byte));
    file << as_text(bytes);
  }

 private:
  std::filesystem::path root_;
};

/// All of a literal, zeros included.
template <std::size_t kSize>
std::string literal(const char (&text)[kSize]) {
  return {text, kSize - 1};
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

CommitBlock commit_block() {
  CommitBlock block;
  block.from = {0x43};
  block.fingerprint = {-1, 0x44, 0x45};
  block.inputs = {{{{0x46, 0x47}}, 0x48, {0x49}}, {{{0x4a, 0x4b}}, 0, {7}}};
  return block;
}

void frames(const Seeds& seeds) {
  ChainPoint point = sample::first_point();
  seeds.write("frame/two_events", {0}, sample::data_frame(sample::two_events(), point));
  point = sample::first_point();
  const CommitBlock block = commit_block();
  seeds.write("frame/commit", {0},
              sample::data_frame(sample::two_events(), point, CompressionLevel::fast, CommitFrame{&block, {0x50}}));
  seeds.write("frame/commit_put_right", {1},
              sample::data_frame(sample::two_events(), point = sample::first_point(), CompressionLevel::fast,
                                 CommitFrame{&block, {0x50}}));
  seeds.write("frame/owner_epoch", {1}, sample::owner_epoch_frame(9, point = sample::first_point()));
  const std::vector<std::vector<sample::Event>> appends = {sample::two_events(), {{"k", "v"}}, {{{}, {}, 3'000}}};
  seeds.write("frame/repacked", {0}, sample::repacked_frame(appends, point = sample::first_point()));
  seeds.write("frame/repacked_put_right", {1}, sample::repacked_frame(appends, point = sample::first_point()));
  const sample::Remains remains = {{{{"k", "v"}}, {}, {{{}, "w"}}}, {{}, {}}, {{}, {{"k", {}, 3'000}}}};
  seeds.write("frame/compacted", {0}, sample::compacted_frame(remains, point = sample::first_point()));
  seeds.write("frame/compacted_put_right", {1}, sample::compacted_frame(remains, point = sample::first_point()));
  seeds.write("frame/nothing_left", {1}, sample::compacted_frame({{{}, {}}}, point = sample::first_point()));
  GapPlace gap{sample::first_point(), {}};
  gap.to = {gap.from.position.plus(248),
            0x2222,
            gap.from.next_offset.plus(4),
            gap.from.last_sequence.plus(3),
            gap.from.last_append_time + 9,
            gap.from.owner_epoch + 1,
            gap.from.log_start};
  Image lost = encode_gap(gap, sample::kSalt, 5).at(0).head;
  lost.resize(248);
  seeds.write("frame/gap", {0}, lost);
  seeds.write("frame/gap_put_right", {1}, lost);
  seeds.write("frame/zeros", {0}, Image(512));
  Image area;
  put_commit_field(area, {&block, {0x50}, true, true});
  put_owner_epoch_field(area, 3);
  seeds.write("frame/extension", {2}, area);
}

void body(const Seeds& seeds, const std::string& name, const std::vector<sample::Event>& events,
          CompressionLevel level) {
  EventBatchBuilder builder;
  sample::fill(builder, events);
  EncodedBody encoded;
  if (!encode_body(builder.columns(), level, encoded)) return;
  seeds.write("body/" + name, {0, static_cast<int>(events.size() & 255U), static_cast<int>(events.size() >> 8U)},
              encoded.padded().first(encoded.stored_length));
}

void bodies(const Seeds& seeds) {
  body(seeds, "two_events", sample::two_events(), CompressionLevel::stored);
  std::vector<sample::Event> many;
  for (int i = 0; i < 100; ++i)
    many.push_back({"key " + std::to_string(i % 7), repeated("{\"n\":1}", static_cast<std::size_t>(i)), 1'000 * i,
                    i % 3 == 0 ? std::optional(sample::header("op", "insert")) : std::nullopt});
  body(seeds, "compressed", many, CompressionLevel::fast);
  body(seeds, "nothing", std::vector<sample::Event>(3), CompressionLevel::fast);
  body(seeds, "wide_times", {{"a", "b", -5}, {{}, "c", 1LL << 62}}, CompressionLevel::stored);
  const std::string events = literal("\x1f\x03key\x05\x00value\1\2\3\4\5\6\7\0\2op\3one\3two\x02\x04\x00more");
  seeds.write("body/events_stored", {1}, as_bytes(events));
  seeds.write("body/events_compressed", {3}, as_bytes(repeated(events, 30)));
}

void blocks(const Seeds& seeds) {
  SegmentHeader header;
  header.topic = {{0x11, 0x12}};
  header.previous_salt = 0x17;
  header.previous_end = {0x3018};
  header.salt = 0x1c;
  const Block block = encode_segment_header(header);
  seeds.write("small_blocks/segment_header", {1}, Bytes(block).first(kSegmentHeaderBytes));
  const MarkBytes mark = encode_mark({5, {{0x3018}, 0x21, {0x22}, {0x23}, 0x24, 0x25, {0x26}}}, 0x1c);
  seeds.write("small_blocks/mark", {0}, mark);
  seeds.write("small_blocks/mark_put_right", {1}, mark);
  const auto directory = encode_directory_file({{0x31, 0x32}}, {});
  seeds.write("small_blocks/directory", {0}, directory);
  seeds.write("small_blocks/directory_put_right", {1}, directory);

  const SegmentStart start = *decode_segment_header(block);
  FooterBuilder builder(start);
  seeds.write("footer/empty", {0, 0}, encode_footer(builder.finish()));
  FrameDraft draft;
  draft_owner_epoch_frame(4, draft);
  const ChainPoint& end = builder.point();
  const FrameHeader frame =
      seal_frame(draft, {0x1c, end.position, end.next_offset, {50}, 60, 60, end.position, end.chain});
  builder.add(*read_head(draft.head, frame.position, 0x1c));
  for (const int how : {0, 1, 2, 3})
    seeds.write("footer/one_frame_" + std::to_string(how), {how, 26}, encode_footer(builder.finish()));
}

void headers(const Seeds& seeds) {
  Image encoded;
  put_header(encoded, {"op", as_bytes("insert")});
  put_header(encoded, {"", std::nullopt});
  put_header(encoded, {"op", as_bytes("")});
  seeds.write("headers/three", {}, encoded);
  encoded.pop_back();
  seeds.write("headers/cut", {}, encoded);
}

void directory_files(const Seeds& seeds) {
  const auto plain = encode_directory_file({{0x11, 0x22}}, {});
  for (const int how : {0, 1, 2}) seeds.write("directory_file/plain_" + std::to_string(how), {how}, plain);
  const std::uint64_t every = ~std::uint64_t{0};
  seeds.write("directory_file/every_feature", {0}, encode_directory_file({{0x11, 0x22}}, {every, every, every}));
  seeds.write("directory_file/cut", {0}, Bytes(plain).first(kDirectoryFileBytes - 1));
  Image longer(plain.begin(), plain.end());
  longer.resize(kDirectoryFileBytes + 1);
  seeds.write("directory_file/longer", {0}, longer);
  DirectoryFile newer = load<DirectoryFile>(plain.data());
  newer.version = kDirectoryVersion + 1;
  seeds.write("directory_file/newer", {1}, image_of(newer));
  DirectoryFile reserved = load<DirectoryFile>(plain.data());
  reserved.zero = 1;
  seeds.write("directory_file/reserved_bytes", {1}, image_of(reserved));
}

void operations(const Seeds& seeds) {
  const std::string all =
      literal("\0\1\100\2\2\40\3\2\1\200\4\5\1\6\7\2\1\377\10\1\0\1\0\1\0\1\0\1\11\12\1\20\14\3\13\0\1\2");
  seeds.write("operations/one_of_each", {}, as_bytes(all));
  seeds.write("operations/many_appends", {}, as_bytes(repeated(literal("\0\1\300\11"), 20)));
  seeds.write("operations/power_losses", {}, as_bytes(repeated(literal("\0\1\300\2\2\77\10\1\1\0"), 8)));
  seeds.write("operations/rolls_and_deaths", {}, as_bytes(repeated(literal("\1\0\377\2\0\377\7"), 12)));
  const std::string frame = literal("\0\1\20\30\1");
  seeds.write("segment/one_frame", {}, as_bytes(frame));
  seeds.write("segment/mark_and_torn_tail", {}, as_bytes(frame + "\2" + frame + frame + literal("\13\100\0")));
  seeds.write("segment/sealed", {}, as_bytes(frame + "\2" + frame + literal("\3\1") + frame + "\2"));
  seeds.write("segment/rolled", {}, as_bytes(frame + "\2" + frame + literal("\3\0") + frame + "\4\1" + frame));
  seeds.write("segment/inverted", {}, as_bytes(frame + frame + frame + literal("\5\0\100\60\7")));
  seeds.write("segment/cut", {}, as_bytes(frame + frame + literal("\6\0\20\60\1")));
  seeds.write("segment/littered", {}, as_bytes(frame + literal("\7\10KFRMKFRM")));
  seeds.write("segment/forged_frame", {}, as_bytes(frame + frame + literal("\10\16\101") + frame));
  seeds.write("segment/forged_header", {}, as_bytes(frame + literal("\3\0") + frame + literal("\11\1\7\101")));
  seeds.write("segment/newer_header", {}, as_bytes(frame + literal("\11\0\2\250")));
  seeds.write("segment/forged_mark", {}, as_bytes(frame + literal("\12\3\103") + frame));
}

void histories(const Seeds& seeds) {
  seeds.write("history/appends_to_compaction", {0, 0, 0, 1}, as_bytes(literal("\0\3\5\1\2\3\14\6\13\4")));
  seeds.write("history/deletions", {1, 0, 0, 2}, as_bytes(literal("\0\5\12\0\3\7\10\11\12\0")));
  seeds.write("history/lost_sync", {0, 2, 9, 3}, as_bytes(literal("\1\2\0\3\5\0")));
  seeds.write("history/refused_for_good", {0, 6, 20, 4}, as_bytes(literal("\0\3\0\14\0")));
  seeds.write("history/no_space", {1, 10, 3, 5}, as_bytes(literal("\3\0\13\4\5")));
}

}  // namespace
}  // namespace kappa::fuzz

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const kappa::fuzz::Seeds seeds(arguments[1]);
  kappa::fuzz::frames(seeds);
  kappa::fuzz::bodies(seeds);
  kappa::fuzz::blocks(seeds);
  kappa::fuzz::headers(seeds);
  kappa::fuzz::directory_files(seeds);
  kappa::fuzz::operations(seeds);
  kappa::fuzz::histories(seeds);
}
