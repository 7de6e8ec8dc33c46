// The envelope is exact because each value has one of four forms that cannot be taken for each other: absent is null,
// an object or array is itself, other text is a JSON string, and bytes that are no text are base64 under a name of
// their own. So the text `null` is "null" and the text `"x"` is "\"x\"".
#include <fmt/format.h>

#include <iterator>

#include "kappa/base/headers.hpp"
#include "kappa/base/json_quote.hpp"
#include "text/base64.hpp"
#include "text/envelope.hpp"
#include "text/json_scan.hpp"
#include "text/time_text.hpp"

namespace kappa::cli {
namespace {

void put_base64_string(std::string_view bytes, std::string& to) {
  to.push_back('"');
  put_base64(bytes, to);
  to.push_back('"');
}

/// `"name":…`, or `"name64":…` where the bytes are not UTF-8.
void put_member(std::string_view name, std::string_view bytes, std::string& to) {
  const bool is_text = valid_utf8(bytes);
  fmt::format_to(std::back_inserter(to), "\"{}{}\":", name, is_text ? "" : "64");
  is_text ? put_json_string(bytes, to) : put_base64_string(bytes, to);
}

void put_header_part(std::string_view bytes, std::string& to) {
  if (valid_utf8(bytes)) return put_json_string(bytes, to);
  to += "{\"base64\":";
  put_base64_string(bytes, to);
  to.push_back('}');
}

void put_headers(Bytes encoded, std::string& to) {
  bool first = true;
  to += "\"headers\":[";
  while (const auto header = take_header(encoded)) {
    to += first ? "[" : ",[";
    first = false;
    put_header_part(header->name, to);
    to.push_back(',');
    header->value ? put_header_part(as_text(*header->value), to) : void(to += "null");
    to.push_back(']');
  }
  to.push_back(']');
}

}  // namespace

bool stands_as_itself(std::string_view value) {
  const bool framed =
      (value.starts_with('{') && value.ends_with('}')) || (value.starts_with('[') && value.ends_with(']'));
  return framed && value.find_first_of("\r\n") == std::string_view::npos && valid_utf8(value) && is_bare_json(value);
}

void put_envelope(const EventPlace& place, const EventView& event, std::string& to) {
  to += "{\"topic\":";
  put_json_string(place.topic, to);
  fmt::format_to(std::back_inserter(to), ",\"partition\":{},\"offset\":{},\"ts\":\"", place.partition, place.offset);
  put_rfc3339(event.timestamp, to);
  to += "\",";
  event.key ? put_member("key", as_text(*event.key), to) : void(to += "\"key\":null");
  to.push_back(',');
  put_headers(event.headers, to);
  to.push_back(',');
  if (!event.value) {
    to += "\"value\":null";
  } else if (const std::string_view value = as_text(*event.value); stands_as_itself(value)) {
    to += "\"value\":";
    to += value;
  } else {
    put_member("value", value, to);
  }
  to.push_back('}');
}

}  // namespace kappa::cli
