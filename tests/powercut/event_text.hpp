#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kappa::powercut {

/// Events are numbered: those of a writer are consecutive, and each process that appends is another writer.
inline constexpr std::uint32_t kWriterShift = 24;

/// The whole value of an event follows from its number and its topic, so that each event which is found can be judged.
[[nodiscard]] std::string event_text(std::uint64_t id, std::string_view topic);
/// The number of the event with this value; nullopt: nobody would have appended that.
[[nodiscard]] std::optional<std::uint64_t> event_id(std::string_view text, std::string_view topic);

}  // namespace kappa::powercut
