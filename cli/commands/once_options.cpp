#include "commands/once_options.hpp"

#include <memory>

#include "text/json_path.hpp"
#include "text/quantity.hpp"

namespace kappa::cli {
namespace {

constexpr Micros kDay = 86'400'000'000;

/// Looks into values that are JSON objects; others have no identifier.
log::OnceById by_field(JsonPath path) {
  return {[path = std::move(path),
           scratch = std::make_shared<std::string>()](Bytes value) -> std::optional<std::string_view> {
    const auto id = path.find(as_text(value), *scratch);
    return id ? std::optional(*id) : std::nullopt;
  }};
}

/// A producer's last append is looked for wherever it is, which reads headers only; identifiers are in the events.
Result<std::optional<Micros>> window_of(const OnceText& text) {
  if (text.window == "all" || (text.window.empty() && !text.producer.empty())) return std::nullopt;
  if (text.window.empty()) return kDay;
  auto age = parse_duration(text.window);
  if (!age) return propagate(age);
  return *age;
}

}  // namespace

Result<std::optional<log::OnceOptions>> parse_once(const OnceText& text) {
  if (text.producer.empty() && text.id_field.empty()) {
    if (text.window.empty()) return std::nullopt;
    return fail(Errc::usage, "append: --window goes with --producer-id or --id-field");
  }
  if (!text.producer.empty() && !text.id_field.empty())
    return fail(Errc::usage, "append: --producer-id and --id-field exclude each other");
  auto window = window_of(text);
  if (!window) return propagate(window);
  if (!text.producer.empty()) return log::OnceOptions{log::OnceByProducer{text.producer}, *window};
  auto path = JsonPath::parse(text.id_field);
  if (!path) return propagate(path);
  return log::OnceOptions{by_field(std::move(*path)), *window};
}

}  // namespace kappa::cli
