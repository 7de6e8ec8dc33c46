// `append --key-field` and its like: a dotted path into a line of JSON, by a scanner that copies nothing. An input is a
// path, a line break, a line.
#include <string>

#include "fuzz.hpp"
#include "text/base64.hpp"
#include "text/json_path.hpp"
#include "text/json_scan.hpp"

namespace kappa::fuzz {
namespace {

using namespace cli;

void scan(std::string_view line) {
  JsonScanner scanner(line);
  const auto value = scanner.take_value();
  require(scanner.at() <= line.size(), "a scanner stays in its text");
  if (value) require(is_bare_json(*value), "a value that was scanned is a value", *value);
  if (is_bare_json(line)) require(value == line, "a value is scanned as a whole", line);
}

void strings(std::string_view text) {
  if (valid_utf8(text)) {
    const std::string quoted = json_string(text);
    std::string inside;
    require(is_bare_json(quoted), "a quoted string is JSON", quoted);
    require(unescape_json(std::string_view(quoted).substr(1, quoted.size() - 2), inside) && inside == text,
            "a string comes back from its quotes", quoted);
  }
  std::string encoded;
  std::string decoded;
  put_base64(text, encoded);
  require(take_base64(encoded, decoded) && decoded == text, "bytes come back from base64", encoded);
  decoded.clear();
  if (!take_base64(text, decoded)) return;
  encoded.clear();
  put_base64(decoded, encoded);
  require(encoded == text, "one value has one base64", text);
}

}  // namespace

void run(Bytes input) {
  const std::string_view text = as_text(input);
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(std::min(end + 1, text.size()));
  const auto path = JsonPath::parse(text.substr(0, end));
  std::string scratch;
  if (path) static_cast<void>(path->find(line, scratch));
  scan(line);
  strings(line);
}

}  // namespace kappa::fuzz
