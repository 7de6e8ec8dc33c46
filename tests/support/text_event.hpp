#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kappa/base/event_builder.hpp"

namespace kappa::test {

/// An event as text. A bare text is the value of an event without a key.
struct TextEvent {
  std::optional<std::string> key;
  std::optional<std::string> value;

  TextEvent() = default;
  TextEvent(std::string text) : value(std::move(text)) {}  // NOLINT: tests write lists of texts.
  TextEvent(const char* text) : value(text) {}             // NOLINT
  TextEvent(std::optional<std::string> its_key, std::optional<std::string> its_value)
      : key(std::move(its_key)), value(std::move(its_value)) {}

  /// Views of this.
  [[nodiscard]] EventView view() const {
    return {kNoTimestamp,
            key ? std::optional(as_bytes(*key)) : std::nullopt,
            value ? std::optional(as_bytes(*value)) : std::nullopt,
            {}};
  }
};

/// An event that deletes the row of a key.
[[nodiscard]] inline TextEvent deletion(std::string key) {
  return {std::move(key), std::nullopt};
}

[[nodiscard]] inline std::vector<TextEvent> without_keys(const std::vector<std::string>& values) {
  return {values.begin(), values.end()};
}

}  // namespace kappa::test
