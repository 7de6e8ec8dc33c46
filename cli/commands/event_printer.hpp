#pragma once
#include <cstdint>

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

/// Prints events of one topic to an Output, as many as `limit` allows.
class EventPrinter {
 public:
  EventPrinter(Output& out, std::string topic, EventForm form, std::uint64_t limit)
      : out_(out), topic_(std::move(topic)), form_(form), left_(limit) {}

  /// Prints the events of the batch whose offsets are in [begin, end).
  [[nodiscard]] Result<void> print(const EventBatch& batch, std::uint64_t begin, std::uint64_t end);
  /// The limit is reached.
  [[nodiscard]] bool done() const { return left_ == 0; }

 private:
  void put(const EventBatch& batch, std::size_t index, std::string& to) const;

  Output& out_;
  std::string topic_;
  EventForm form_;
  std::uint64_t left_;
};

}  // namespace kappa::cli
