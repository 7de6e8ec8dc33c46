// docs/log-format.md against the code: every constant, every layout, and the example byte for byte.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <sstream>

#include "sample.hpp"

namespace kappa::log {
namespace {

std::string content_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(std::string(KAPPA_SOURCE_DIR) + "/" + path).rdbuf();
  return text.str();
}

/// Numbers as they stand in C++ and in the document: decimal or 0x, with a suffix, perhaps shifted.
std::uint64_t number(const std::string& text) {
  const std::size_t shift = text.find("<<");
  if (shift != std::string::npos) return number(text.substr(0, shift)) << number(text.substr(shift + 2));
  return std::stoull(text, nullptr, 0);
}

using Numbers = std::map<std::string, std::uint64_t>;

/// All matches of a pattern with two groups: a name and a number.
Numbers numbers_in(const std::string& text, const std::string& pattern) {
  Numbers found;
  const std::regex regex(pattern);
  for (auto match = std::sregex_iterator(text.begin(), text.end(), regex); match != std::sregex_iterator(); ++match)
    found[(*match)[1]] = number((*match)[2]);
  return found;
}

/// The part of a text from one string up to another.
std::string part(const std::string& text, const std::string& from, const std::string& to) {
  const std::size_t begin = text.find(from);
  if (begin == std::string::npos) return "";
  const std::size_t end = text.find(to, begin + from.size());
  return text.substr(begin, end - begin);
}

class LogFormatDocument : public testing::Test {
 protected:
  std::string document_ = content_of("docs/log-format.md");
  std::string header_ = content_of("log/format/format.hpp");
};

TEST_F(LogFormatDocument, HasEveryConstantUnderItsNameAndNoOther) {
  const Numbers coded = numbers_in(header_, R"(inline constexpr std::uint\d+_t (k\w+) = ([^;]+);)");
  const Numbers documented = numbers_in(document_, R"(\n\| `(k[A-Z]\w+)` \| (0x[0-9A-F]+|\d+) \|)");
  EXPECT_GT(coded.size(), 40u);
  EXPECT_EQ(coded, documented);
}

TEST_F(LogFormatDocument, NamesNoConstantThatDoesNotExist) {
  const std::regex name(R"(\bk[A-Z]\w+)");
  for (auto match = std::sregex_iterator(document_.begin(), document_.end(), name); match != std::sregex_iterator();
       ++match)
    EXPECT_NE(header_.find(match->str()), std::string::npos) << match->str();
}

TEST_F(LogFormatDocument, HasEveryEnumeration) {
  for (const std::string name : {"FrameKind", "SectionKind", "Codec"}) {
    const Numbers coded = numbers_in(part(header_, "enum class " + name, "};"), R"((\w+) = (\d+))");
    const Numbers documented = numbers_in(part(document_, "| `" + name + "` |", "\n\n"), R"(\n\| `(\w+)` \| (\d+) \|)");
    EXPECT_FALSE(coded.empty()) << name;
    EXPECT_EQ(coded, documented) << name;
  }
}

/// Where the fields of a struct lie, as rows of the document's table.
struct Layout {
  std::string name;
  std::vector<std::tuple<std::string, std::size_t, std::size_t>> fields;
};

#define FIELD(type, field) {#field, offsetof(type, field), sizeof(type::field)}

std::vector<Layout> header_layouts() {
  using H = FrameHeader;
  using S = SegmentHeader;
  using M = StoredMark;
  return {{"FrameHeader",
           {FIELD(H, magic),
            FIELD(H, version),
            FIELD(H, kind),
            FIELD(H, layout),
            FIELD(H, zero_byte),
            FIELD(H, flags),
            FIELD(H, header_length),
            FIELD(H, stored_length),
            FIELD(H, raw_length),
            FIELD(H, event_count),
            FIELD(H, offset_span),
            FIELD(H, producer_id),
            FIELD(H, producer_epoch),
            FIELD(H, producer_sequence),
            FIELD(H, salt),
            FIELD(H, position),
            FIELD(H, base_offset),
            FIELD(H, sequence),
            FIELD(H, last_sequence),
            FIELD(H, append_time),
            FIELD(H, min_event_time),
            FIELD(H, max_event_time),
            FIELD(H, durable_position),
            FIELD(H, consumed_through),
            FIELD(H, transaction_id),
            FIELD(H, previous_hash),
            FIELD(H, stored_hash),
            FIELD(H, raw_hash),
            FIELD(H, unclamped_clock),
            FIELD(H, dictionary_id),
            FIELD(H, key_id),
            FIELD(H, zeros),
            FIELD(H, header_hash)}},
          {"SegmentHeader",
           {FIELD(S, magic), FIELD(S, version), FIELD(S, partition), FIELD(S, features), FIELD(S, topic),
            FIELD(S, directory), FIELD(S, base_offset), FIELD(S, log_start), FIELD(S, previous_base),
            FIELD(S, previous_salt), FIELD(S, previous_end), FIELD(S, previous_chain), FIELD(S, previous_last_sequence),
            FIELD(S, previous_last_append_time), FIELD(S, salt), FIELD(S, owner_epoch), FIELD(S, producer_count),
            FIELD(S, rewriting), FIELD(S, zero)}},
          {"StoredMark",
           {FIELD(M, magic), FIELD(M, salt), FIELD(M, generation), FIELD(M, position), FIELD(M, chain),
            FIELD(M, next_offset), FIELD(M, last_sequence), FIELD(M, last_append_time), FIELD(M, owner_epoch),
            FIELD(M, zero), FIELD(M, log_start), FIELD(M, hash)}}};
}

std::vector<Layout> other_layouts() {
  using F = FooterHeader;
  using C = StoredCommitBlock;
  return {
      {"FooterHeader",
       {FIELD(F, magic),
        FIELD(F, version),
        FIELD(F, index_count),
        FIELD(F, salt),
        FIELD(F, end),
        FIELD(F, chain),
        FIELD(F, original_end),
        FIELD(F, original_chain),
        FIELD(F, frame_count),
        FIELD(F, event_count),
        FIELD(F, raw_bytes),
        FIELD(F, base_offset),
        FIELD(F, end_offset),
        FIELD(F, first_sequence),
        FIELD(F, last_sequence),
        FIELD(F, first_append_time),
        FIELD(F, last_append_time),
        FIELD(F, min_event_time),
        FIELD(F, max_event_time),
        FIELD(F, owner_epoch),
        FIELD(F, rewriting)}},
      {"StoredCommitBlock",
       {FIELD(C, kind), FIELD(C, is_switch), FIELD(C, zero), FIELD(C, version), FIELD(C, epoch), FIELD(C, input_count),
        FIELD(C, from), FIELD(C, fingerprint_weight), FIELD(C, fingerprint_low), FIELD(C, fingerprint_high)}},
      {"StoredInput",
       {FIELD(StoredInput, topic), FIELD(StoredInput, partition), FIELD(StoredInput, zero), FIELD(StoredInput, end)}},
      {"StoredOwnerEpoch", {FIELD(StoredOwnerEpoch, epoch), FIELD(StoredOwnerEpoch, zero)}},
      {"StoredLogStart", {FIELD(StoredLogStart, log_start)}},
      {"StoredProducer", {FIELD(StoredProducer, through), FIELD(StoredProducer, digest)}},
      {"StoredOrigin",
       {FIELD(StoredOrigin, sequence), FIELD(StoredOrigin, append_time), FIELD(StoredOrigin, event_count),
        FIELD(StoredOrigin, offset_span)}},
      {"FieldHeader", {FIELD(FieldHeader, type), FIELD(FieldHeader, flags), FIELD(FieldHeader, length)}},
      {"SectionEntry",
       {FIELD(SectionEntry, kind), FIELD(SectionEntry, codec), FIELD(SectionEntry, zero),
        FIELD(SectionEntry, stored_length), FIELD(SectionEntry, raw_length)}},
      {"IndexEntry",
       {FIELD(IndexEntry, position), FIELD(IndexEntry, base_offset), FIELD(IndexEntry, sequence),
        FIELD(IndexEntry, append_time), FIELD(IndexEntry, previous_hash)}},
      {"FooterTail", {FIELD(FooterTail, footer_bytes), FIELD(FooterTail, magic), FIELD(FooterTail, hash)}},
      {"Features", {FIELD(Features, incompatible), FIELD(Features, read_only_compatible), FIELD(Features, compatible)}},
      {"DirectoryFile",
       {FIELD(DirectoryFile, magic), FIELD(DirectoryFile, version), FIELD(DirectoryFile, zero),
        FIELD(DirectoryFile, features), FIELD(DirectoryFile, id), FIELD(DirectoryFile, hash)}}};
}

std::vector<Layout> layouts() {
  std::vector<Layout> all = header_layouts();
  for (Layout& layout : other_layouts()) all.push_back(std::move(layout));
  return all;
}

TEST_F(LogFormatDocument, HasEveryLayout) {
  const std::regex row(R"(\| (\d+) \| (\d+) \| `(\w+)` \|)");
  for (const Layout& layout : layouts()) {
    const std::string table = part(document_, "| offset | bytes | `" + layout.name + "` |", "\n\n");
    std::vector<std::tuple<std::string, std::size_t, std::size_t>> rows;
    for (auto match = std::sregex_iterator(table.begin(), table.end(), row); match != std::sregex_iterator(); ++match)
      rows.emplace_back((*match)[3], number((*match)[1]), number((*match)[2]));
    EXPECT_EQ(rows, layout.fields) << layout.name;
  }
}

/// Lines of at most 16 bytes: where, what, and of a field's first line its name.
void dump(std::string& to, const sample::Image& image, std::size_t begin, std::size_t end, const std::string& name) {
  for (std::size_t line = begin; line < end; line += 16) {
    std::string bytes;
    for (std::size_t i = line; i < std::min(line + 16, end); ++i)
      bytes += fmt::format("{:02x} ", std::to_integer<unsigned>(image[i]));
    bytes.pop_back();
    if (line == begin) bytes = fmt::format("{:<47}  {}", bytes, name);
    to += fmt::format("{:03x}  {}\n", line, bytes);
  }
}

std::string annotated_example() {
  ChainPoint point = sample::first_point();
  const sample::Image image =
      sample::data_frame({{"k", "{\"n\":1}", 2'000, sample::header("op", "insert")}, {std::nullopt, ""}}, point);
  std::string text;
  const Layout header_layout = layouts().front();
  for (const auto& [name, offset, size] : header_layout.fields) dump(text, image, offset, offset + size, name);
  const auto header = load<FrameHeader>(image.data());
  std::size_t at = header.header_length;
  dump(text, image, at, at + 4, "number of sections");
  const auto sections = load<std::uint32_t>(image.data() + at);
  const std::size_t entries = at + 4;
  at = entries + sections * sizeof(SectionEntry);
  const std::array<std::string, 7> names = {"",        "timestamps", "key_lengths", "value_lengths",
                                            "headers", "key_bytes",  "value_bytes"};
  for (std::size_t entry = entries; entry < at; entry += sizeof(SectionEntry))
    dump(text, image, entry, entry + sizeof(SectionEntry),
         "entry of " + names[std::to_integer<std::size_t>(image[entry])]);
  for (std::size_t i = 0; i < sections; ++i) {
    const auto entry = load<SectionEntry>(image.data() + entries + i * sizeof(SectionEntry));
    dump(text, image, at, at + entry.stored_length, names[static_cast<std::size_t>(entry.kind)]);
    at += entry.stored_length;
  }
  dump(text, image, at, image.size(), "zeros up to a multiple of 8");
  return text;
}

TEST_F(LogFormatDocument, HasTheExampleThatTheCodeWrites) {
  EXPECT_EQ(part(document_, "```hex\n", "```"), "```hex\n" + annotated_example())
      << "copy this into docs/log-format.md only if the format was meant to change:\n"
      << annotated_example();
}

}  // namespace
}  // namespace kappa::log
