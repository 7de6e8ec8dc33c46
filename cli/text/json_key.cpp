#include "text/json_key.hpp"

#include "kappa/base/json_quote.hpp"
#include "text/json_scan.hpp"

namespace kappa::cli {

Result<JsonKey> JsonKey::parse(const std::vector<std::string>& paths) {
  JsonKey key;
  for (const std::string& text : paths) {
    auto path = JsonPath::parse(text);
    if (!path) return propagate(path);
    key.paths_.push_back(std::move(*path));
  }
  return key;
}

Result<std::string_view> JsonKey::find(std::string_view line) {
  if (paths_.size() == 1) return paths_.front().find(line, scratch_);
  key_.clear();
  for (const JsonPath& path : paths_) {
    key_ += key_.empty() ? '[' : ',';
    const auto raw = path.find_raw(line, scratch_);
    if (!raw) return raw;
    if (!raw->starts_with('"')) {
      key_ += *raw;
      continue;
    }
    const auto text = path.text_of(*raw, scratch_);
    if (!text) return text;
    put_json_string(*text, key_);
  }
  key_ += ']';
  return std::string_view(key_);
}

}  // namespace kappa::cli
