#include "text/json_path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "text/json_scan.hpp"

namespace kappa::cli {
namespace {

bool same_name(std::string_view quoted, const std::string& name, std::string& scratch) {
  if (quoted.find('\\') == std::string_view::npos) return quoted == name;
  scratch.clear();
  return unescape_json(quoted, scratch) && scratch == name;
}

/// The raw value of an object's member; empty where there is none. The object's grammar has been checked.
std::string_view member_of(std::string_view object, const std::string& name, std::string& scratch) {
  std::string_view found;
  JsonScanner scanner(object);
  if (!scanner.take('{') || scanner.peek() == '}') return found;
  do {
    const auto quoted = scanner.take_string();
    if (!quoted || !scanner.take(':')) return {};
    const auto value = scanner.take_value();
    if (!value) return {};
    if (same_name(*quoted, name, scratch)) found = *value;
  } while (scanner.take(','));
  return found;
}

}  // namespace

Result<JsonPath> JsonPath::parse(std::string_view text) {
  JsonPath path;
  path.text_ = text;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t dot = std::min(text.find('.', at), text.size());
    if (dot == at) {
      return fail(Errc::usage, fmt::format("\"{}\" is no path to a field", text), "names joined by dots: user.id");
    }
    path.names_.emplace_back(text.substr(at, dot - at));
    at = dot + 1;
  }
  return path;
}

Result<std::string_view> JsonPath::find_raw(std::string_view line, std::string& scratch) const {
  JsonScanner scanner(line);
  const auto whole = scanner.take_value();
  if (!whole || !scanner.at_end() || !valid_utf8(line)) {
    return fail(Errc::bad_input,
                fmt::format("no JSON (at byte {}), but field {} is asked for", scanner.at() + 1, text_));
  }
  std::string_view value = *whole;
  for (const std::string& name : names_) {
    value = member_of(value, name, scratch);
    if (value.empty()) return fail(Errc::bad_input, fmt::format("no field {}", text_));
  }
  if (value == "null") return fail(Errc::bad_input, fmt::format("field {} is null", text_));
  return value;
}

Result<std::string_view> JsonPath::text_of(std::string_view raw, std::string& scratch) const {
  if (!raw.starts_with('"')) return raw;
  const std::string_view characters = raw.substr(1, raw.size() - 2);
  if (characters.find('\\') == std::string_view::npos) return characters;
  scratch.clear();
  if (!unescape_json(characters, scratch)) {
    return fail(Errc::bad_input, fmt::format("field {} has half a surrogate pair", text_));
  }
  return std::string_view(scratch);
}

Result<std::string_view> JsonPath::find(std::string_view line, std::string& scratch) const {
  const auto raw = find_raw(line, scratch);
  return raw ? text_of(*raw, scratch) : raw;
}

}  // namespace kappa::cli
