#pragma once
#include <string>

#include "kappa/log/catalog.hpp"

namespace kappa::log {

inline constexpr std::string_view kTopicCreated = "topic_created";
inline constexpr std::string_view kTopicDeleted = "topic_deleted";

/// {"event":kind,"name":name,"body":{…}}. Errc::bad_input if the body is no JSON object.
[[nodiscard]] Result<std::string> encode_catalog_event(const CatalogEvent& event);
[[nodiscard]] Result<CatalogEvent> decode_catalog_event(std::string_view json);

/// Body of topic_created; `created` and name are the event's.
[[nodiscard]] std::string topic_body(const TopicInfo& topic);
[[nodiscard]] Result<TopicInfo> decode_topic(const CatalogEvent& event);

}  // namespace kappa::log
