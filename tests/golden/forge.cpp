// Changes one file as a version of the future would have written it: a feature that this version does not know, under
// hashes that hold.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "directory/log_directory.hpp"
#include "format/frame.hpp"
#include "format/hash.hpp"
#include "format/scan.hpp"
#include "format/segment_header.hpp"
#include "must.hpp"

namespace kappa::test {
namespace {

/// The bytes of a file, written back at the end.
class Forged {
 public:
  explicit Forged(std::string path) : path_(std::move(path)) {
    std::ifstream file(path_, std::ios::binary);
    text_.assign(std::istreambuf_iterator<char>(file), {});
  }
  ~Forged() { std::ofstream(path_, std::ios::binary | std::ios::trunc) << text_; }
  Forged(const Forged&) = delete;
  Forged& operator=(const Forged&) = delete;

  [[nodiscard]] std::string& text() { return text_; }
  [[nodiscard]] Bytes bytes(std::size_t at, std::size_t count) const { return as_bytes(text_).subspan(at, count); }
  template <typename T>
  [[nodiscard]] T get(std::size_t at) const {
    return kappa::load<T>(as_bytes(text_).data() + at);
  }
  template <typename T>
  void put(std::size_t at, const T& value) {
    text_.replace(at, sizeof value, reinterpret_cast<const char*>(&value), sizeof value);
  }
  /// The hash of `count` bytes from `at` on, into the eight behind them unless said otherwise.
  void hash(std::size_t at, std::size_t count) { put(at + count, log::hash_of(bytes(at, count))); }

 private:
  std::string path_;
  std::string text_;
};

using Change = void (*)(const std::string& path);

template <typename Edit>
void edit_directory_file(const std::string& path, Edit edit) {
  Forged file(path);
  auto stored = file.get<log::DirectoryFile>(0);
  edit(stored);
  file.put(0, stored);
  file.hash(0, offsetof(log::DirectoryFile, hash));
}

template <typename Edit>
void edit_segment_header(const std::string& path, Edit edit) {
  Forged file(path);
  auto header = file.get<log::SegmentHeader>(0);
  edit(header);
  file.put(0, header);
  file.hash(0, log::kSegmentHeaderHashPosition);
}

/// Adds a frame to the end of a segment.
template <typename Edit>
void add_frame(const std::string& path, Edit edit) {
  Forged file(path);
  const auto start = log::decode_segment_header(file.bytes(0, log::kBlockBytes)).value();
  log::ChainPoint end = start.chain();
  for (;;) {
    const auto head = log::next_head(as_bytes(file.text()).subspan(end.position.value), end, start.header.salt);
    if (!head) break;
    end = log::after(end, *head);
  }
  log::FrameDraft draft;
  const std::string value = "of the future";
  if (!log::draft_data_frame(event_of(value).columns(), {}, log::CompressionLevel::fast, draft)) std::abort();
  auto header = log::seal_frame(draft, {start.header.salt, end.position, end.next_offset, end.last_sequence.plus(1),
                                        end.last_append_time, end.last_append_time, end.position, end.chain});
  edit(header);
  file.put(end.position.value, header);
  constexpr std::size_t kHash = offsetof(log::FrameHeader, header_hash);
  file.put(end.position.value + kHash, log::hash_around(file.bytes(end.position.value, log::kFrameHeaderBytes), kHash));
  const Bytes body = draft.body.padded();
  file.text().replace(end.position.value + log::kFrameHeaderBytes, body.size(), std::string(as_text(body)));
}

void edit_marks(const std::string& path) {
  Forged file(path);
  for (const std::uint64_t slot : {log::kMarkPositionA, log::kMarkPositionB}) {
    if (file.get<std::uint64_t>(slot) != log::kMarkMagic) continue;
    file.put(slot + offsetof(log::StoredMark, zero), std::uint32_t{1});
    file.hash(slot, offsetof(log::StoredMark, hash));
  }
}

void edit_footer(const std::string& path) {
  Forged file(path);
  const auto tail = file.get<log::FooterTail>(file.text().size() - log::kFooterTailBytes);
  const std::size_t begin = file.text().size() - tail.footer_bytes;
  file.put(begin + offsetof(log::FooterHeader, version), log::kFooterVersion + 1);
  file.hash(begin, tail.footer_bytes - sizeof tail.hash);
}

void edit_manifest(const std::string& path) {
  Forged file(path);
  std::string& text = file.text();
  text.replace(text.find(":1,"), 3, ":2,");
  const std::size_t lines = text.rfind("{\"hash\"");
  const std::uint64_t hash = log::hash_of(file.bytes(0, lines));
  text.erase(lines);
  text += "{\"hash\":\"";
  for (const std::byte byte : log::image_of(hash)) text += fmt::format("{:02x}", static_cast<unsigned>(byte));
  text += "\"}\n";
}

/// Appends an event to the catalog of a directory.
void add_catalog_event(const std::string& path, const std::string& text) {
  const auto directory = must(log::Directory::open(path, {.access = log::Access::read_write}));
  const auto catalog = must(directory->catalog().find_topic(log::kCatalogTopic));
  static_cast<void>(must(must(directory->appender(*catalog))->append(event_of(text).columns(), {})));
}

const std::map<std::string, Change> kChanges{
    {"directory-version",
     [](const std::string& path) { edit_directory_file(path, [](auto& file) { file.version = 2; }); }},
    {"directory-incompatible",
     [](const std::string& path) { edit_directory_file(path, [](auto& file) { file.features.incompatible = 512; }); }},
    {"directory-read-only",
     [](const std::string& path) {
       edit_directory_file(path, [](auto& file) { file.features.read_only_compatible = 512; });
     }},
    {"segment-version",
     [](const std::string& path) { edit_segment_header(path, [](auto& header) { header.version = 2; }); }},
    {"segment-incompatible",
     [](const std::string& path) {
       edit_segment_header(path, [](auto& header) { header.features.incompatible = 512; });
     }},
    {"segment-read-only",
     [](const std::string& path) {
       edit_segment_header(path, [](auto& header) { header.features.read_only_compatible = 512; });
     }},
    {"frame-version", [](const std::string& path) { add_frame(path, [](auto& header) { header.version = 2; }); }},
    {"frame-kind",
     [](const std::string& path) {
       add_frame(path, [](auto& header) { header.kind = static_cast<log::FrameKind>(77); });
     }},
    {"frame-flag", [](const std::string& path) { add_frame(path, [](auto& header) { header.flags |= 1u << 30; }); }},
    {"mark", edit_marks},
    {"footer", edit_footer},
    {"manifest", edit_manifest},
    {"catalog-needs",
     [](const std::string& path) {
       add_catalog_event(path, R"({"event":"topic_moved","name":"t","body":{},"needs":["tiers"]})");
     }},
    {"catalog-kind", [](const std::string& path) {
       add_catalog_event(path, R"({"event":"topic_created","name":"new","body":)"
                               R"({"id":"00000000000000010000000000000002","kind":"stream","partitions":1}})");
     }}};

}  // namespace
}  // namespace kappa::test

int main(int argc, char** argv) {
  const auto change = kappa::test::kChanges.find(argc == 3 ? argv[1] : "");
  if (change != kappa::test::kChanges.end()) {
    change->second(argv[2]);
    return 0;
  }
  std::fputs("usage: kappa_forge CHANGE FILE\n", stderr);
  return 2;
}
