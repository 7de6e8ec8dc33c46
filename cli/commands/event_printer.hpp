#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "frame/command.hpp"
#include "kappa/base/event.hpp"
#include "kappa/log/topic.hpp"

namespace kappa::cli {

/// How `read` and `tail` print an event: `value` and a newline; a view's `+ {row}` or `- {row}`; the envelope.
enum class EventForm : std::uint8_t { value, change, envelope };

[[nodiscard]] inline EventForm event_form(const log::TopicInfo& topic, bool envelope) {
  if (envelope) return EventForm::envelope;
  const bool of_view = topic.kind == log::TopicKind::changelog || topic.kind == log::TopicKind::errors;
  return of_view ? EventForm::change : EventForm::value;
}

/// Prints events of topics to an Output, as many as `limit` allows.
class EventPrinter {
 public:
  EventPrinter(Output& out, std::span<const log::TopicInfo> topics, bool envelope, std::uint64_t limit);

  /// Prints the events of the batch whose offsets are in [begin, end). Its input is the index of its topic.
  [[nodiscard]] Result<void> print(const EventBatch& batch, std::uint64_t begin, std::uint64_t end);
  /// The limit is reached.
  [[nodiscard]] bool done() const { return left_ == 0; }

 private:
  struct Topic {
    std::string name;
    EventForm form;
  };
  void put(const EventBatch& batch, std::size_t index, std::string& to) const;

  Output& out_;
  std::vector<Topic> topics_;
  std::uint64_t left_;
};

}  // namespace kappa::cli
