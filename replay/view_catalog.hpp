#pragma once
#include <string>
#include <vector>

#include "kappa/log/catalog.hpp"
#include "kappa/replay/views.hpp"

namespace kappa::replay {

inline constexpr std::string_view kViewDefined = "view_defined";
inline constexpr std::string_view kViewDropped = "view_dropped";

/// The catalog event that defines a view, and back. Errc::corruption where a stored body is none of ours.
[[nodiscard]] log::CatalogEvent view_defined(const ViewInfo& view);
[[nodiscard]] Result<ViewInfo> parse_view_defined(const log::CatalogEvent& event);

/// The views that the catalog's events leave defined, sorted by name.
[[nodiscard]] Result<std::vector<ViewInfo>> views_of(const std::vector<log::CatalogEvent>& events);

}  // namespace kappa::replay
