#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "kappa/base/bytes.hpp"
#include "kappa/base/units.hpp"

namespace kappa::log {

/// An append that may be made again, from its first event on, by this process or a later one: the events that are in
/// the log already are not appended a second time. `producer` is the name of that input. What is given again is
/// compared by a hash with what was appended: Errc::conflict where it is another input under the same name.
struct OnceByProducer {
  std::string producer;
};

/// Events that carry an identifier, which `id_of` takes from a value (nullopt: it has none; the view lives until the
/// next call). Of events with the same identifier the first is appended.
struct OnceById {
  std::function<std::optional<std::string_view>(Bytes value)> id_of;
};

/// What Directory::once_appender() recognises. Appends made in another way are looked at too, but not held back: an
/// identifier that one of them appends meanwhile may be there twice.
struct OnceOptions {
  std::variant<OnceByProducer, OnceById> by;
  /// How far back in append time an earlier append is looked for; nullopt: as far as the log goes. Above 0.
  std::optional<Micros> window;
};

}  // namespace kappa::log
