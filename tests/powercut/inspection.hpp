#pragma once
#include <string_view>

#include "kappa/log/directory.hpp"
#include "record.hpp"

namespace kappa::powercut {

/// The frame as a record; Errc::corruption where its events are not those of some writer, in order.
[[nodiscard]] Result<Record> delivered(const EventBatch& batch, std::string_view topic);
/// Tells everything that can be read in the directory, and what recovery has told.
[[nodiscard]] Result<void> inspect(log::Directory& directory, const Teller& teller);

}  // namespace kappa::powercut
