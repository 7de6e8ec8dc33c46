#include <fmt/format.h>

#include <algorithm>

#include "kappa/processor/type.hpp"

namespace kappa::processor {

std::string type_name(const Type& type) {
  switch (type.kind) {
    case TypeKind::boolean:
      return "boolean";
    case TypeKind::integer:
      return "integer";
    case TypeKind::bigint:
      return "bigint";
    case TypeKind::numeric:
      return type.precision < 0 ? "numeric"
                                : fmt::format("numeric({},{})", type.precision, std::max<int>(type.scale, 0));
    case TypeKind::double_precision:
      return "double precision";
    case TypeKind::text:
      return type.max_length < 0 ? "text" : fmt::format("character varying({})", type.max_length);
    case TypeKind::timestamp:
      return "timestamp without time zone";
    case TypeKind::date:
      return "date";
    case TypeKind::interval:
      return "interval";
  }
  return "unknown";
}

}  // namespace kappa::processor
