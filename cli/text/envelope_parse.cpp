// The reading side: one pass over the members in any order. Every value is first found as raw bytes, then understood
// by its member, so a payload is never parsed into numbers and printed again.
#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <optional>

#include "kappa/base/headers.hpp"
#include "kappa/base/near_miss.hpp"
#include "text/base64.hpp"
#include "text/envelope.hpp"
#include "text/json_scan.hpp"
#include "text/time_text.hpp"

namespace kappa::cli {
namespace {

std::unexpected<Error> refuse(std::string what) {
  return fail(Errc::bad_input, std::move(what));
}

/// Length under which a raw value is shown whole in a message.
constexpr std::size_t kShownBytes = 40;

std::string shown(std::string_view raw) {
  return raw.size() <= kShownBytes ? std::string(raw) : std::string(raw.substr(0, kShownBytes)) + "…";
}

std::string_view inside(std::string_view quoted) {
  return quoted.substr(1, quoted.size() - 2);
}

Result<Micros> take_ts(std::string_view raw) {
  constexpr Micros kMillisecond = 1000;
  if (raw.starts_with('"')) {
    const auto time = take_rfc3339(inside(raw), Zone::required);
    if (!time) return refuse(fmt::format("\"ts\" is no RFC 3339 time: {}", shown(raw)));
    return *time;
  }
  Micros milliseconds = 0;
  const auto parsed = std::from_chars(raw.data(), raw.data() + raw.size(), milliseconds);
  const bool whole = parsed.ec == std::errc{} && parsed.ptr == raw.data() + raw.size();
  constexpr Micros kLimit = std::numeric_limits<Micros>::max() / kMillisecond;
  if (!whole || milliseconds > kLimit || milliseconds < -kLimit) {
    return refuse(fmt::format("\"ts\" is neither RFC 3339 text nor whole milliseconds: {}", shown(raw)));
  }
  return milliseconds * kMillisecond;
}

}  // namespace

/// One parse: what the members have said so far.
class EnvelopeParser::Reading {
 public:
  explicit Reading(EnvelopeParser& memory) : memory_(memory) {}

  Result<void> member(std::string_view name, std::string_view raw);
  Result<EventView> finish();

 private:
  /// Bits of seen_.
  enum class Seen : std::uint32_t { ts = 1, key = 2, headers = 4, value = 8 };

  [[nodiscard]] bool has(Seen member) const { return (seen_ & std::to_underlying(member)) != 0; }
  Result<void> once(Seen member, std::string_view name);
  Result<std::optional<Bytes>> bytes_of(std::string_view name, std::string_view raw, std::string& memory);
  Result<std::optional<Bytes>> bytes_of_base64(std::string_view name, std::string_view raw, std::string& memory);
  Result<void> headers(std::string_view raw);
  Result<void> header_pair(std::string_view raw);
  Result<void> put_pair(std::string_view name, std::string_view value);
  Result<void> header_part(std::string_view raw, std::string& to);

  EnvelopeParser& memory_;
  std::uint32_t seen_ = 0;
  EventView event_;
};

Result<void> EnvelopeParser::Reading::once(Seen member, std::string_view name) {
  if (has(member)) return refuse(fmt::format("\"{}\" is given twice", name));
  seen_ |= std::to_underlying(member);
  return {};
}

Result<std::optional<Bytes>> EnvelopeParser::Reading::bytes_of(std::string_view name, std::string_view raw,
                                                               std::string& memory) {
  if (raw == "null") return std::nullopt;
  if (!raw.starts_with('"')) return as_bytes(raw);  // Objects and arrays; a number or boolean is its own text, too.
  memory.clear();
  if (!unescape_json(inside(raw), memory)) return refuse(fmt::format("\"{}\" has half a surrogate pair", name));
  return as_bytes(memory);
}

Result<std::optional<Bytes>> EnvelopeParser::Reading::bytes_of_base64(std::string_view name, std::string_view raw,
                                                                      std::string& memory) {
  if (raw == "null") return std::nullopt;
  memory.clear();
  if (!raw.starts_with('"') || !take_base64(inside(raw), memory)) {
    return refuse(fmt::format("\"{}\" is no base64: {}", name, shown(raw)));
  }
  return as_bytes(memory);
}

/// A part of a header as bytes: a string, or {"base64":"…"}.
Result<void> EnvelopeParser::Reading::header_part(std::string_view raw, std::string& to) {
  if (raw.starts_with('"')) {
    if (!unescape_json(inside(raw), to)) return refuse("a header has half a surrogate pair");
    return {};
  }
  JsonScanner scanner(raw);
  if (scanner.take('{') && scanner.take_string() == "base64" && scanner.take(':')) {
    const auto text = scanner.take_string();
    if (text && scanner.take('}') && take_base64(*text, to)) return {};
  }
  return refuse(fmt::format("a header is neither a string nor {{\"base64\":\"…\"}}: {}", shown(raw)));
}

Result<void> EnvelopeParser::Reading::put_pair(std::string_view name, std::string_view value) {
  std::string& text = memory_.scratch_;
  text.clear();
  if (auto part = header_part(name, text); !part) return part;
  const std::size_t name_bytes = text.size();
  const bool absent = value == "null";
  if (!absent) {
    if (auto part = header_part(value, text); !part) return part;
  }
  Header header{std::string_view(text).substr(0, name_bytes), std::nullopt};
  if (!absent) header.value = as_bytes(std::string_view(text).substr(name_bytes));
  put_header(memory_.headers_, header);
  return {};
}

Result<void> EnvelopeParser::Reading::header_pair(std::string_view raw) {
  JsonScanner scanner(raw);
  if (scanner.take('[')) {
    const auto name = scanner.take_value();
    const bool comma = name && scanner.take(',');
    const auto value = comma ? scanner.take_value() : std::nullopt;
    if (value && scanner.take(']')) return put_pair(*name, *value);
  }
  return refuse(fmt::format("a header is no pair [name, value]: {}", shown(raw)));
}

/// `[[name, value], …]`, or kcat's flat `[name, value, …]`.
Result<void> EnvelopeParser::Reading::headers(std::string_view raw) {
  if (raw == "null") return {};
  JsonScanner scanner(raw);
  if (!scanner.take('[')) return refuse(fmt::format("\"headers\" is no array: {}", shown(raw)));
  if (scanner.take(']')) return {};
  const bool flat = scanner.peek() != '[';
  std::optional<std::string_view> name;
  do {
    const auto element = scanner.take_value();  // The whole line has been checked: there is one.
    if (!flat) {
      if (auto pair = header_pair(*element); !pair) return pair;
    } else if (!name) {
      name = element;
    } else {
      if (auto pair = put_pair(*name, *element); !pair) return pair;
      name.reset();
    }
  } while (scanner.take(','));
  if (name) return refuse("flat \"headers\" has a name without a value");
  return {};
}

Result<void> EnvelopeParser::Reading::member(std::string_view name, std::string_view raw) {
  const bool base64 = name.ends_with("64");
  if (name == "topic" || name == "partition" || name == "offset" || name == "tstype" || name == "broker") return {};
  if (name == "ts") {
    if (auto first = once(Seen::ts, name); !first || raw == "null") return first;
    const auto time = take_ts(raw);
    if (!time) return std::unexpected(time.error());
    event_.timestamp = *time;
    return {};
  }
  if (name == "headers") {
    if (auto first = once(Seen::headers, name); !first) return first;
    return headers(raw);
  }
  const bool is_key = name == "key" || name == "key64";
  if (!is_key && name != "value" && name != "value64" && name != "payload") {
    const std::vector<std::string> known{"ts", "key", "key64", "headers", "value", "value64", "payload"};
    const std::string near = near_miss(name, known);
    return refuse(near.empty() ? fmt::format("unknown member \"{}\"", name)
                               : fmt::format("unknown member \"{}\", did you mean \"{}\"?", name, near));
  }
  if (auto first = once(is_key ? Seen::key : Seen::value, name); !first) return first;
  std::string& memory = is_key ? memory_.key_ : memory_.value_;
  auto bytes = base64 ? bytes_of_base64(name, raw, memory) : bytes_of(name, raw, memory);
  if (!bytes) return propagate(bytes);
  (is_key ? event_.key : event_.value) = *bytes;
  return {};
}

Result<EventView> EnvelopeParser::Reading::finish() {
  if (!has(Seen::value)) return refuse("no member \"value\" (an event without a value has \"value\":null)");
  event_.headers = memory_.headers_;
  return event_;
}

Result<EventView> EnvelopeParser::parse(std::string_view line) {
  headers_.clear();
  if (!valid_utf8(line)) return refuse("the envelope is not UTF-8");
  JsonScanner scanner(line);
  if (!scanner.take('{')) return refuse("no envelope: the line is no JSON object");
  Reading reading(*this);
  std::string name;
  if (!scanner.take('}')) {
    do {
      const auto quoted = scanner.take_string();
      const bool colon = quoted && scanner.take(':');
      const auto raw = colon ? scanner.take_value() : std::nullopt;
      name.clear();
      if (!raw || !unescape_json(*quoted, name)) {
        return refuse(fmt::format("no JSON at byte {} of the line", scanner.at() + 1));
      }
      if (auto taken = reading.member(name, *raw); !taken) return propagate(taken);
    } while (scanner.take(','));
    if (!scanner.take('}')) return refuse(fmt::format("no JSON at byte {} of the line", scanner.at() + 1));
  }
  if (!scanner.at_end()) return refuse(fmt::format("text after the envelope at byte {}", scanner.at() + 1));
  return reading.finish();
}

}  // namespace kappa::cli
