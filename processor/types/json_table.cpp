// A topic's events as a table's rows.
//
// Events are indexed many at once: the first stage of JSON parsing works in blocks of 64 bytes, and events are a few
// such blocks each. When an event of such a chunk turns out not to be JSON, it is judged alone (what came before it
// cannot be to blame then) and the rest is indexed anew in a smaller chunk: garbage costs time in proportion.
#include "kappa/processor/json_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "types/json_column.hpp"
#include "types/json_hidden.hpp"
#include "types/json_index.hpp"
#include "types/json_walk.hpp"

namespace kappa::processor {
namespace {

constexpr std::size_t kChunkLeast = 512;       // Bytes.
constexpr std::size_t kChunkMost = 32 * 1024;  // Text and positions stay in the first-level caches.

std::vector<std::string> column_names(const Schema& schema) {
  std::vector<std::string> names;
  for (const Field& field : schema) names.push_back(field.name);
  return names;
}

}  // namespace

class JsonTableDecoder::Implementation {
 public:
  Implementation(const TableDefinition& table, std::vector<bool> wanted)
      : table_(table), wanted_(std::move(wanted)), walker_(column_names(table.columns)) {
    wanted_.resize(table.columns.size() + kHiddenColumns);
    for (std::size_t i = 0; i < table.columns.size(); ++i)
      columns_.emplace_back(table.name, table.columns[i], table.timestamp_format,
                            wanted_[i] ? ColumnUse::materialise : ColumnUse::check);
    for (std::size_t i = 0; i < columns_.size(); ++i)
      if (!columns_[i].takes_anything()) choosy_.push_back(i);
  }

  Batch decode(const EventBatch& events, std::vector<RejectedEvent>& rejected) {
    events_ = &events;
    rejected_ = &rejected;
    accepted_.clear();
    for (JsonColumn& column : columns_) column.start(events.columns.count, events.memory);
    for (std::uint32_t event = 0; event < events.columns.count;) event = decode_chunk(event);
    return finish();
  }

  std::vector<std::string> take_warnings() {
    std::vector<std::string> warnings;
    for (; warned_ < walker_.case_misses().size(); ++warned_) {
      const CaseMiss& miss = walker_.case_misses()[warned_];
      warnings.push_back(
          fmt::format(R"(table {}: events have a member "{}", which column "{}" does not take: names match exactly)",
                      table_.name, miss.member, table_.columns[miss.slot].name));
    }
    return warnings;
  }

 private:
  std::uint32_t decode_chunk(std::uint32_t first);
  std::uint32_t end_of_chunk(std::uint32_t first) const;
  void decode_alone(std::uint32_t event);
  void take_row(std::uint32_t event);
  void reject(std::uint32_t event, ErrorPointer error) { rejected_->push_back({event, std::move(error)}); }
  Batch finish();

  const BytesColumn& values() const { return events_->columns.values; }
  std::string_view text(std::uint32_t first, std::uint32_t end) const {
    const std::uint32_t begin = values().offsets[first];
    return as_text(values().bytes.subspan(begin, values().offsets[end] - begin));
  }

  const TableDefinition& table_;
  std::vector<bool> wanted_;
  std::vector<JsonColumn> columns_;
  std::vector<std::size_t> choosy_;  ///< Columns that can refuse or store a value.
  JsonIndexer indexer_;
  JsonWalker walker_;
  std::size_t warned_ = 0;  ///< How many of the walker's case misses were told.
  std::size_t chunk_bytes_ = kChunkMost;

  const EventBatch* events_ = nullptr;
  std::vector<RejectedEvent>* rejected_ = nullptr;
  std::vector<std::uint32_t> accepted_;
};

std::uint32_t JsonTableDecoder::Implementation::end_of_chunk(std::uint32_t first) const {
  std::uint32_t end = first + 1;
  while (end < events_->columns.count && values().offsets[end + 1] - values().offsets[first] <= chunk_bytes_) ++end;
  return end;
}

/// Decodes events from `first` on; returns the first that it did not decode.
std::uint32_t JsonTableDecoder::Implementation::decode_chunk(std::uint32_t first) {
  if (!values().has(first)) {
    reject(first, make_error("22004", "the event has no value"));
    return first + 1;
  }
  const std::uint32_t end = end_of_chunk(first);
  const std::string_view chunk = text(first, end);
  std::uint32_t event = first;
  if (indexer_.index(chunk) == IndexOutcome::ok) {
    walker_.start(chunk, indexer_.positions());
    const auto limit = [&] { return values().offsets[event + 1] - values().offsets[first]; };
    while (event < end && values().has(event) && walker_.walk(limit()) == JsonFault::none) take_row(event++);
    chunk_bytes_ = std::min(2 * chunk_bytes_, kChunkMost);
    if (event == end || !values().has(event)) return event;
  }
  chunk_bytes_ = kChunkLeast;
  decode_alone(event);
  return event + 1;
}

void JsonTableDecoder::Implementation::decode_alone(std::uint32_t event) {
  const std::string_view value = text(event, event + 1);
  const IndexOutcome outcome = indexer_.index(value);
  if (outcome != IndexOutcome::ok) return reject(event, describe(outcome, value));
  walker_.start(value, indexer_.positions());
  const JsonFault fault = walker_.walk(static_cast<std::uint32_t>(value.size()));
  if (fault != JsonFault::none) return reject(event, describe(fault, value, walker_.fault_position()));
  take_row(event);
}

/// Converts every declared column; of several that do not convert, the first declared is named.
void JsonTableDecoder::Implementation::take_row(std::uint32_t event) {
  const std::size_t row = accepted_.size();
  for (const std::size_t i : choosy_)
    if (!columns_[i].take(walker_.tokens()[i], row)) return reject(event, columns_[i].error());
  accepted_.push_back(event);
}

Batch JsonTableDecoder::Implementation::finish() {
  Batch batch;
  batch.rows = accepted_.size();
  for (JsonColumn& column : columns_) batch.columns.push_back(column.finish(batch.rows));
  for (std::uint32_t i = 0; i < kHiddenColumns; ++i) {
    const bool is_wanted = wanted_[table_.columns.size() + i];
    batch.columns.push_back(is_wanted ? hidden_column(static_cast<HiddenColumn>(i), *events_, accepted_) : nullptr);
  }
  batch.origin.topic = table_.topic;
  batch.origin.batch = events_;
  if (accepted_.size() != events_->columns.count) batch.origin.events = accepted_;
  return batch;
}

JsonTableDecoder::JsonTableDecoder(const TableDefinition& table, std::vector<bool> wanted)
    : implementation_(std::make_unique<Implementation>(table, std::move(wanted))) {}
JsonTableDecoder::~JsonTableDecoder() = default;

std::vector<std::string> JsonTableDecoder::take_warnings() {
  return implementation_->take_warnings();
}

Batch JsonTableDecoder::decode(const EventBatch& events, std::vector<RejectedEvent>& rejected) {
  return implementation_->decode(events, rejected);
}

}  // namespace kappa::processor
