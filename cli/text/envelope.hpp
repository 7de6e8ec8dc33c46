#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kappa/base/event_builder.hpp"
#include "kappa/base/result.hpp"

namespace kappa::cli {

/// Where an event stands: the part of an envelope that reading it back ignores.
struct EventPlace {
  std::string_view topic;
  std::uint32_t partition = 0;
  std::uint64_t offset = 0;
};

/// Appends one event as one line of JSON, newline excluded (docs/cli.md, "The envelope"). `event.timestamp` is what the
/// event reads as: its own, or the append time. For every event, EnvelopeParser gives back the same key, value, headers
/// and timestamp, byte for byte.
void put_envelope(const EventPlace& place, const EventView& event, std::string& to);

/// True if a value stands in its envelope as its own bytes: a JSON object or array in UTF-8, no deeper than
/// kJsonDepthMax, without a line break and without blanks around it.
[[nodiscard]] bool stands_as_itself(std::string_view value);

/// Reads envelopes, ours and kcat's. Strict: an unknown or repeated member, a member of the wrong type, a value given
/// twice or not at all is Errc::bad_input. Not thread-safe.
class EnvelopeParser {
 public:
  /// The event of a line. Its views live until the next call and as long as the line does.
  [[nodiscard]] Result<EventView> parse(std::string_view line);

 private:
  class Reading;
  std::string key_;
  std::string value_;
  std::string scratch_;
  std::vector<std::byte> headers_;
};

}  // namespace kappa::cli
