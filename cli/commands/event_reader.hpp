#pragma once
#include <optional>
#include <string>
#include <vector>

#include "frame/command.hpp"
#include "kappa/base/event_builder.hpp"
#include "text/envelope.hpp"
#include "text/json_key.hpp"
#include "text/json_path.hpp"
#include "text/time_text.hpp"

namespace kappa::cli {

/// Limits of one event, as the log has them.
inline constexpr std::size_t kEventBytesMax = std::size_t{8} << 20;
inline constexpr std::size_t kEventHeadersBytesMax = std::size_t{64} << 10;
/// An envelope may be longer than its event: escapes take up to six bytes for one.
inline constexpr std::size_t kEnvelopeBytesMax = 6 * kEventBytesMax + (std::size_t{1} << 20);

/// How `append` makes an event of a line, as given on the command line.
struct EventOptions {
  bool envelope = false;
  std::string key;
  std::vector<std::string> key_fields;
  std::string timestamp_field;
  std::string timestamp_format = "auto";
  std::vector<std::string> headers;
  std::string id_field;  ///< Which every event must have.
};

/// Makes events of lines. Not thread-safe.
class EventReader {
 public:
  /// Errc::usage where options contradict each other or a header or path is malformed.
  [[nodiscard]] static Result<EventReader> make(const EventOptions& options);

  /// Views live until the next call and as long as the line. Errc::bad_input where the line is no such event, or
  /// exceeds a limit.
  [[nodiscard]] Result<EventView> read(std::string_view line);
  [[nodiscard]] std::size_t line_bytes_max() const { return envelope_ ? kEnvelopeBytesMax : kEventBytesMax; }

 private:
  [[nodiscard]] Result<EventView> read_line(std::string_view line);
  [[nodiscard]] Result<void> check(const EventView& event);

  bool envelope_ = false;
  std::optional<std::string> key_;
  std::optional<JsonKey> key_fields_;
  std::optional<JsonPath> timestamp_field_;
  std::optional<JsonPath> id_field_;
  TimestampFormat timestamp_format_ = TimestampFormat::automatic;
  std::vector<std::byte> headers_;
  EnvelopeParser parser_;
  std::string timestamp_scratch_;
  std::string id_scratch_;
};

}  // namespace kappa::cli
