// The manifest is text, so that somebody with a backup and no kappa sees what is in it: a line of JSON for the whole,
// one for each segment, and a last one with the hash of all bytes before it.
#include "backup/manifest.hpp"

#include <boost/json.hpp>
#include <charconv>

#include "fmt/format.h"
#include "format/hash.hpp"
#include "format/segment_header.hpp"

namespace kappa::log {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kManifestVersion = 1;
constexpr std::string_view kHashLine = R"({"hash":")";

std::unexpected<Error> unreadable(std::string_view what) {
  return fail(Errc::corruption, fmt::format("the manifest is not what was written: {}", what));
}

std::string hex(Bytes bytes) {
  std::string text;
  for (const std::byte byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned>(byte));
  return text;
}

/// Members of a line; the first that is missing or of another type is remembered.
class Line {
 public:
  explicit Line(std::string_view text) {
    boost::system::error_code error;
    json::value value = json::parse(json::string_view(text.data(), text.size()), error);
    if (!error && value.is_object()) object_ = std::move(value.as_object());
  }
  std::uint64_t number(std::string_view name, std::uint64_t most = UINT64_MAX) {
    const json::value* value = member(name);
    boost::system::error_code error;
    const auto found = value == nullptr ? 0 : value->to_number<std::uint64_t>(error);
    if (value == nullptr || error || found > most) missing_ = name;
    return found;
  }
  std::string text(std::string_view name) {
    const json::value* value = member(name);
    if (value != nullptr && value->is_string()) return {value->as_string().data(), value->as_string().size()};
    missing_ = name;
    return {};
  }
  /// Two hexadecimal digits a byte, exactly as many as there is room for.
  void bytes(std::string_view name, std::span<std::byte> to) {
    const std::string digits = text(name);
    bool fine = digits.size() == 2 * to.size();
    for (std::size_t i = 0; fine && i < to.size(); ++i) {
      unsigned value = 0;
      const char* const begin = digits.data() + 2 * i;
      const auto parsed = std::from_chars(begin, begin + 2, value, 16);
      fine = parsed.ec == std::errc{} && parsed.ptr == begin + 2;
      to[i] = std::byte(value);
    }
    if (!fine) missing_ = name;
  }
  [[nodiscard]] const std::string& missing() const { return missing_; }

 private:
  [[nodiscard]] const json::value* member(std::string_view name) const {
    return object_.if_contains(json::string_view(name.data(), name.size()));
  }
  json::object object_;
  std::string missing_;
};

std::string line_of(const BackupSegment& segment) {
  return fmt::format(
      R"({{"topic":"{}","partition":{},"base":{},"sealed":{},"id":"{}","end":{},"chain":"{}","bytes":{}}})"
      "\n",
      segment.topic, segment.partition, segment.base.value, segment.form == SegmentForm::sealed ? 1 : 0,
      hex(image_of(segment.id)), segment.end.value, hex(image_of(segment.chain)), segment.bytes);
}

Result<BackupSegment> decode_segment(std::string_view text) {
  Line line(text);
  BackupSegment segment;
  segment.topic = line.text("topic");
  segment.partition = static_cast<std::uint32_t>(line.number("partition", kPartitionsMax - 1));
  segment.base = {line.number("base")};
  segment.form = line.number("sealed") != 0 ? SegmentForm::sealed : SegmentForm::open;
  line.bytes("id", std::as_writable_bytes(std::span(&segment.id, 1)));
  segment.end = {line.number("end")};
  line.bytes("chain", std::as_writable_bytes(std::span(&segment.chain, 1)));
  segment.bytes = line.number("bytes");
  if (!line.missing().empty()) return unreadable(fmt::format("a segment without {}", line.missing()));
  // It becomes part of a path.
  if (auto name = check_topic_name(segment.topic); !name) return unreadable(name.error().message);
  return segment;
}

/// Without the line that has the hash of the others.
Result<std::string_view> checked(std::string_view text) {
  const std::size_t at = text.rfind(kHashLine);
  if (at == std::string_view::npos || at == 0 || text[at - 1] != '\n') return unreadable("it has no hash");
  const std::string expected =
      fmt::format("{}{}\"}}\n", kHashLine, hex(image_of(hash_of(as_bytes(text.substr(0, at))))));
  if (text.substr(at) != expected) return unreadable("its hash is another");
  return text.substr(0, at);
}

}  // namespace

std::string BackupSegment::file_name() const {
  return fmt::format("{:016x}{:016x}-{}-{:020}-{:016x}.{}", id.words[0], id.words[1], partition, base.value, chain,
                     form == SegmentForm::sealed ? "seg" : "open");
}

std::optional<BackupSegment> BackupSegment::of_file_name(std::string_view name) {
  constexpr std::size_t kWordDigits = 16;
  const std::string_view whole = name;
  const auto take = [&name](std::size_t digits, int base) {
    const std::string_view part = name.substr(0, digits);
    std::uint64_t value = 0;
    std::from_chars(part.data(), part.data() + part.size(), value, base);
    name.remove_prefix(part.size());
    return value;
  };
  const auto pass = [&name] { name.remove_prefix(std::min<std::size_t>(name.size(), 1)); };
  BackupSegment segment;
  for (std::uint64_t& word : segment.id.words) word = take(kWordDigits, 16);
  pass();
  segment.partition = static_cast<std::uint32_t>(take(name.find('-'), 10));
  pass();
  segment.base = {take(name.find('-'), 10)};
  pass();
  segment.chain = take(kWordDigits, 16);
  segment.form = name == ".seg" ? SegmentForm::sealed : SegmentForm::open;
  // Whatever was not as expected comes out otherwise.
  return segment.file_name() == whole ? std::optional(segment) : std::nullopt;
}

std::string encode_manifest(const Manifest& manifest) {
  std::string text = fmt::format(R"({{"kappa_backup":{},"sequence":{},"taken":{},"segments":{},"directory":"{}"}})"
                                 "\n",
                                 kManifestVersion, manifest.sequence.value, manifest.taken, manifest.segments.size(),
                                 hex(manifest.directory_file));
  for (const BackupSegment& segment : manifest.segments) text += line_of(segment);
  const std::uint64_t hash = hash_of(as_bytes(text));
  return text + fmt::format("{}{}\"}}\n", kHashLine, hex(image_of(hash)));
}

Result<Manifest> decode_manifest(std::string_view text) {
  auto lines = checked(text);
  if (!lines) return propagate(lines);
  Manifest manifest;
  std::uint64_t count = 0;
  for (bool first = true; !lines->empty(); first = false) {
    const std::string_view line = lines->substr(0, lines->find('\n'));
    lines->remove_prefix(std::min(line.size() + 1, lines->size()));
    if (!first) {
      auto segment = decode_segment(line);
      if (!segment) return propagate(segment);
      manifest.segments.push_back(std::move(*segment));
      continue;
    }
    Line whole(line);
    const std::uint64_t version = whole.number("kappa_backup");
    if (version > kManifestVersion)
      return fail(Errc::conflict,
                  fmt::format("the backup is of version {}, this kappa knows {}", version, kManifestVersion),
                  "a newer kappa wrote this; use that version, or a newer one");
    manifest.sequence = {whole.number("sequence")};
    manifest.taken = static_cast<Micros>(whole.number("taken", INT64_MAX));
    count = whole.number("segments");
    whole.bytes("directory", manifest.directory_file);
    if (!whole.missing().empty()) return unreadable("it has no " + whole.missing());
  }
  if (count == 0 || count != manifest.segments.size()) return unreadable("segments are missing");
  return manifest;
}

Result<DirectoryId> directory_of(const Manifest& manifest) {
  auto decoded = decode_directory_file(manifest.directory_file);
  if (!decoded) return std::unexpected(fault_error(decoded.error(), "manifest"));
  if (auto known = check_features(decoded->features, Access::read_write); !known)
    return std::unexpected(fault_error(known.error(), "manifest"));
  return decoded->id;
}

}  // namespace kappa::log
