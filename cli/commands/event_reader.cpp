#include "commands/event_reader.hpp"

#include <fmt/format.h>

#include "kappa/base/headers.hpp"

namespace kappa::cli {
namespace {

Result<void> check_no_contradiction(const EventOptions& options) {
  const bool describes = !options.key.empty() || !options.key_fields.empty() || !options.timestamp_field.empty() ||
                         !options.headers.empty();
  if (options.envelope && describes) {
    return fail(Errc::usage, "append: -J takes key, headers and timestamp from the envelope",
                "leave out -k, -H, --key-field and --timestamp-field");
  }
  if (!options.key.empty() && !options.key_fields.empty()) {
    return fail(Errc::usage, "append: -k and --key-field exclude each other");
  }
  return {};
}

/// `name=value` or `name:value`, whichever mark comes first.
Result<Header> parse_header(const std::string& text) {
  const std::size_t mark = text.find_first_of("=:");
  if (mark == std::string::npos || mark == 0) {
    return fail(Errc::usage, fmt::format("append: \"{}\" is no header", text), "-H name=value");
  }
  return Header{std::string_view(text).substr(0, mark), as_bytes(std::string_view(text).substr(mark + 1))};
}

Result<std::vector<std::byte>> parse_headers(const std::vector<std::string>& texts) {
  std::vector<std::byte> encoded;
  for (const std::string& text : texts) {
    const auto header = parse_header(text);
    if (!header) return std::unexpected(header.error());
    put_header(encoded, *header);
  }
  if (encoded.size() <= kEventHeadersBytesMax) return encoded;
  return fail(Errc::usage,
              fmt::format("append: headers of {} bytes, at most {} fit", encoded.size(), kEventHeadersBytesMax));
}

Result<void> set_path(const std::string& text, std::optional<JsonPath>& path) {
  if (text.empty()) return {};
  auto parsed = JsonPath::parse(text);
  if (!parsed) return propagate(parsed);
  path = std::move(*parsed);
  return {};
}

}  // namespace

Result<EventReader> EventReader::make(const EventOptions& options) {
  if (auto fine = check_no_contradiction(options); !fine) return propagate(fine);
  EventReader reader;
  reader.envelope_ = options.envelope;
  if (!options.key.empty()) reader.key_ = options.key;
  if (!options.key_fields.empty()) {
    auto key = JsonKey::parse(options.key_fields);
    if (!key) return propagate(key);
    reader.key_fields_ = std::move(*key);
  }
  if (auto set = set_path(options.timestamp_field, reader.timestamp_field_); !set) return propagate(set);
  if (auto set = set_path(options.id_field, reader.id_field_); !set) return propagate(set);
  reader.timestamp_format_ = timestamp_format(options.timestamp_format).value_or(TimestampFormat::automatic);
  auto headers = parse_headers(options.headers);
  if (!headers) return propagate(headers);
  reader.headers_ = std::move(*headers);
  return reader;
}

Result<EventView> EventReader::read(std::string_view line) {
  auto event = envelope_ ? parser_.parse(line) : read_line(line);
  if (!event) return event;
  if (auto fine = check(*event); !fine) return propagate(fine);
  return event;
}

Result<void> EventReader::check(const EventView& event) {
  if (event.headers.size() > kEventHeadersBytesMax) {
    return fail(Errc::bad_input,
                fmt::format("headers of {} bytes, at most {} fit", event.headers.size(), kEventHeadersBytesMax));
  }
  const Bytes value = event.value.value_or(Bytes{});
  const std::size_t bytes = value.size() + event.key.value_or(Bytes{}).size() + event.headers.size();
  if (bytes > kEventBytesMax)
    return fail(Errc::bad_input, fmt::format("an event of {} bytes, at most {} fit", bytes, kEventBytesMax));
  if (!id_field_) return {};
  const auto id = id_field_->find(as_text(value), id_scratch_);
  return id ? Result<void>{} : std::unexpected(id.error());
}

Result<EventView> EventReader::read_line(std::string_view line) {
  EventView event{kNoTimestamp, std::nullopt, as_bytes(line), headers_};
  if (key_) event.key = as_bytes(*key_);
  if (key_fields_) {
    const auto key = key_fields_->find(line);
    if (!key) return std::unexpected(key.error());
    event.key = as_bytes(*key);
  }
  if (!timestamp_field_) return event;
  const auto text = timestamp_field_->find(line, timestamp_scratch_);
  if (!text) return std::unexpected(text.error());
  const auto timestamp = take_timestamp(*text, timestamp_format_);
  if (!timestamp) {
    return fail(Errc::bad_input, fmt::format("field {} is no timestamp: {}", timestamp_field_->text(),
                                             text->substr(0, std::min<std::size_t>(text->size(), 40))));
  }
  event.timestamp = *timestamp;
  return event;
}

}  // namespace kappa::cli
