#include <algorithm>

#include "fmt/format.h"
#include "kappa/log/topic.hpp"

namespace kappa::log {
namespace {

constexpr std::size_t kTopicNameMax = 200;

bool allowed(char c) {
  const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  return letter || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

}  // namespace

Result<void> check_topic_name(std::string_view name) {
  const std::string hint = "names are 1 to 200 of A-Z a-z 0-9 . _ - and neither . nor ..";
  if (name.empty()) return fail(Errc::usage, "a topic's name cannot be empty", hint);
  if (name.size() > kTopicNameMax)
    return fail(Errc::usage,
                fmt::format("the topic name is {} bytes long, at most {} are allowed", name.size(), kTopicNameMax),
                hint);
  if (name == "." || name == "..") return fail(Errc::usage, fmt::format("'{}' is no topic name", name), hint);
  const auto bad = std::ranges::find_if_not(name, allowed);
  if (bad != name.end())
    return fail(Errc::usage,
                fmt::format("'{}' is no topic name: character {} is not allowed", name, bad - name.begin() + 1), hint);
  return {};
}

Result<void> check_user_topic_name(std::string_view name) {
  if (auto checked = check_topic_name(name); !checked) return checked;
  const bool ours = name.starts_with('_') || name.ends_with(".errors") || name.ends_with(".late");
  if (ours)
    return fail(Errc::usage,
                fmt::format("'{}' is reserved: names that begin with _ or end in .errors or .late belong "
                            "to kappa",
                            name),
                "choose another name");
  return {};
}

}  // namespace kappa::log
