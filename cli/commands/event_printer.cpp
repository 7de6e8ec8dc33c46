#include "commands/event_printer.hpp"

#include "kappa/base/event_builder.hpp"
#include "kappa/base/headers.hpp"
#include "text/envelope.hpp"

namespace kappa::cli {
namespace {

/// `+ ` or `- `: what the header `op` of a changelog's event says.
std::string_view sign_of(Bytes headers) {
  while (const auto header = take_header(headers)) {
    if (header->name == "op" && header->value) return as_text(*header->value) == "retract" ? "- " : "+ ";
  }
  return "+ ";
}

}  // namespace

EventPrinter::EventPrinter(Output& out, std::span<const log::TopicInfo> topics, bool envelope, std::uint64_t limit)
    : out_(out), left_(limit) {
  for (const log::TopicInfo& topic : topics) topics_.push_back({topic.name, event_form(topic, envelope)});
}

void EventPrinter::put(const EventBatch& batch, std::size_t index, std::string& to) const {
  const EventColumns& columns = batch.columns;
  const Topic& topic = topics_[batch.input];
  if (topic.form == EventForm::envelope) {
    const EventView event{batch.timestamp(index), columns.keys.get(index), columns.values.get(index),
                          columns.headers[index]};
    put_envelope({topic.name, batch.partition, batch.offset(index).value}, event, to);
  } else {
    if (topic.form == EventForm::change) to += sign_of(columns.headers[index]);
    to += as_text(columns.values[index]);
  }
  to.push_back('\n');
}

Result<void> EventPrinter::print(const EventBatch& batch, std::uint64_t begin, std::uint64_t end) {
  for (std::size_t index = 0; index < batch.columns.count && left_ > 0; ++index) {
    const std::uint64_t offset = batch.offset(index).value;
    if (offset < begin || offset >= end) continue;
    --left_;
    put(batch, index, out_.buffer());
    if (auto settled = out_.settle(); !settled) return settled;
  }
  return {};
}

}  // namespace kappa::cli
