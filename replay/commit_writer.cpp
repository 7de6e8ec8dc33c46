#include "commit_writer.hpp"

#include <cstdlib>

#include "commits.hpp"
#include "kappa/base/headers.hpp"
#include "kappa/processor/row_codec.hpp"

namespace kappa::replay {

namespace {

constexpr std::size_t kFrameRawBytes = std::size_t{1} << 20U;

Result<log::TopicInfo> existing_topic(log::Directory& directory, const std::string& name) {
  auto topic = directory.catalog().find_topic(name);
  if (!topic) return propagate(topic);
  if (!*topic)
    return fail(Errc::not_found, "the changelog topic \"" + name + "\" is gone", "kappa run creates it again");
  return std::move(**topic);
}

}  // namespace

Result<CommitWriter> CommitWriter::open(log::Directory& directory, const processor::OutputSpec& output) {
  const auto topic = existing_topic(directory, output.name);
  if (!topic) return std::unexpected(topic.error());
  auto appender = directory.appender(*topic);
  if (!appender) return propagate(appender);
  CommitWriter writer(output, std::move(*appender));
  auto epoch = writer.appender_->take_ownership();
  if (!epoch) return propagate(epoch);
  writer.epoch_ = *epoch;
  // From here on nobody else can append, so what is read now stays the end.
  auto recorded = recorded_commits(directory, output.name);
  if (!recorded) return propagate(recorded);
  writer.recorded_ = std::move(*recorded);
  if (!writer.recorded_.empty()) writer.through_ = writer.recorded_.back().through;
  auto status = directory.status(*topic, 0);
  if (!status) return propagate(status);
  writer.end_ = status->extent.end;
  return writer;
}

void CommitWriter::begin(Sequence through, Micros append_time) {
  next_through_ = through;
  append_time_ = append_time;
  begun_ = false;
  changes_ = 0;
  frame_.clear();
}

Result<void> CommitWriter::add(const processor::Batch& rows) {
  for (std::size_t row = 0; row < rows.rows; ++row) {
    const std::int64_t weight = rows.weight(row);
    // A change of weight w is |w| events.
    for (std::int64_t i = 0; i < std::abs(weight); ++i) {
      add_event(rows, row, weight > 0 ? "insert" : "retract");
      if (frame_.raw_bytes() < kFrameRawBytes) continue;
      if (auto written = write_frame(block(), false); !written) return written;
    }
  }
  return {};
}

void CommitWriter::add_event(const processor::Batch& rows, std::size_t row, std::string_view op) {
  EventView event;
  value_.clear();
  processor::row_to_json(output_.schema, rows, row, value_);
  event.value = as_bytes(value_);
  if (output_.unique_key) {
    key_.clear();
    processor::key_to_json(output_.schema, rows, row, *output_.unique_key, key_);
    event.key = as_bytes(key_);
  }
  header_.clear();
  put_header(header_, {"op", as_bytes(op)});
  event.headers = header_;
  event.timestamp = append_time_;
  frame_.add(event);
  ++changes_;
}

log::CommitBlock CommitWriter::block() const {
  log::CommitBlock block;
  block.epoch = epoch_;
  block.from = through_.value_or(kNoSequence);
  return block;
}

Result<void> CommitWriter::finish(log::CommitKind kind, const processor::Fingerprint& fingerprint,
                                  std::vector<log::ConsumedInput> inputs) {
  log::CommitBlock last = block();
  last.kind = kind;
  last.fingerprint = to_stored(fingerprint);
  last.inputs = std::move(inputs);
  if (auto written = write_frame(last, true); !written) return written;
  through_ = next_through_;
  return {};
}

Result<void> CommitWriter::write_frame(const log::CommitBlock& block, bool ends) {
  log::AppendOptions options;
  options.expected_end = end_;
  options.owner_epoch = epoch_;
  options.commit = log::CommitFrame{&block, next_through_, !begun_, ends};
  auto stamp = appender_->write(frame_.columns(), options);
  if (!stamp) return propagate(stamp);
  end_ = stamp->end;
  last_written_ = *stamp;
  begun_ = true;
  frame_.clear();
  return {};
}

Result<void> CommitWriter::await_durable() {
  if (!last_written_) return {};
  auto durable = appender_->await_durable(*last_written_);
  last_written_.reset();
  return durable;
}

}  // namespace kappa::replay
