#include "format/fault.hpp"

#include <fmt/format.h>

#include "kappa/log/repair_hint.hpp"

namespace kappa::log {

Error fault_error(const Fault& fault, std::string_view file) {
  if (fault.kind == FaultKind::unsupported) {
    return {Errc::conflict,
            fmt::format("{}: {} at byte {}: not supported by this version", file, fault.what, fault.position),
            "a newer kappa wrote this; use that version, or a newer one"};
  }
  return {Errc::corruption, fmt::format("{}: {} at byte {}", file, fault.what, fault.position),
          file.contains("/topics/")
              ? repair_hint(file)
              : std::string("the stored bytes are not what was written; a copy of the file may be whole")};
}

}  // namespace kappa::log
