// Events' JSON to rows of a table with a column of every type, and rows to JSON and back. Each line of the input is an
// event. What a batch of events becomes does not depend on what else is in the batch.
#include <memory>
#include <string>
#include <vector>

#include "fuzz.hpp"
#include "kappa/base/event_builder.hpp"
#include "kappa/processor/json_table.hpp"
#include "kappa/processor/row_codec.hpp"

namespace kappa::fuzz {
namespace {

using namespace processor;

constexpr std::size_t kEventsMax = 40;

TableDefinition make_table(std::uint8_t how) {
  TableDefinition table;
  table.name = table.topic = "t";
  table.columns = {
      {"b", {TypeKind::boolean}}, {"i", {TypeKind::integer}},         {"l", {TypeKind::bigint}, (how & 1U) != 0},
      {"n", {TypeKind::numeric}}, {"p", {TypeKind::numeric, 10, 2}},  {"d", {TypeKind::double_precision}},
      {"s", {TypeKind::text}},    {"v", {TypeKind::text, -1, -1, 3}}, {"t", {TypeKind::timestamp}},
      {"a", {TypeKind::date}}};
  table.timestamp_format = static_cast<TimestampFormat>((how >> 1U) % 3);
  return table;
}

/// What became of events: an encoding or a reason for each.
struct Decoded {
  std::vector<std::string> outcomes;
  Batch batch;
};

Decoded decode(const TableDefinition& table, JsonTableDecoder& decoder, std::span<const std::string_view> lines) {
  EventBatchBuilder builder;
  for (const std::string_view line : lines) builder.add({kNoTimestamp, as_bytes(line), as_bytes(line), {}});
  EventBatch events;
  events.sequence = Sequence{7};
  events.columns = builder.columns();
  // Of its own size to the byte: the padding is there to be read, and no more.
  const Bytes values = events.columns.values.bytes;
  const auto memory = std::make_shared<std::vector<std::byte>>(values.size() + kReadPadding, std::byte{'"'});
  std::ranges::copy(values, memory->begin());
  events.columns.values.bytes = Bytes(*memory).first(values.size());
  events.memory = memory;
  std::vector<RejectedEvent> rejected;
  Decoded decoded{std::vector<std::string>(lines.size()), decoder.decode(events, rejected)};
  require(decoded.batch.rows + rejected.size() == lines.size(), "every event is a row or is rejected");
  for (const RejectedEvent& event : rejected) decoded.outcomes[event.event] = "rejected: " + event.error->reason;
  std::vector<std::uint32_t> declared;
  for (std::uint32_t i = 0; i < table.columns.size(); ++i) declared.push_back(i);
  for (std::size_t row = 0; row < decoded.batch.rows; ++row)
    encode_row(decoded.batch, row, declared, decoded.outcomes[decoded.batch.origin.event(row)]);
  return decoded;
}

void print_and_read(const Schema& schema, const Batch& batch) {
  if (batch.rows == 0) return;
  Batch rows = batch;
  rows.columns.resize(schema.size());
  auto memory = std::make_shared<std::string>();
  std::vector<std::size_t> ends{0};
  for (std::size_t row = 0; row < rows.rows; ++row) {
    row_to_json(schema, rows, row, *memory);
    ends.push_back(memory->size());
  }
  memory->append(kReadPadding, '"');
  std::vector<std::string_view> texts;
  for (std::size_t row = 0; row < rows.rows; ++row)
    texts.push_back(std::string_view(*memory).substr(ends[row], ends[row + 1] - ends[row]));
  const auto again = rows_from_json(schema, texts, memory);
  require(again.has_value(), "rows that were printed can be read", again ? "" : again.error().message);
  require(again->rows == rows.rows, "every row that was printed is read");
  for (std::size_t row = 0; row < rows.rows; ++row) {
    std::string before;
    std::string after;
    encode_row(rows, row, before);
    encode_row(*again, row, after);
    require(before == after, "a row comes back from its text", texts[row]);
  }
}

}  // namespace

void run(Bytes input) {
  FuzzInput take(input);
  const TableDefinition table = make_table(take.byte());
  std::string_view text = as_text(take.rest());
  std::vector<std::string_view> lines;
  for (std::size_t end = 0; end != std::string_view::npos && lines.size() < kEventsMax;) {
    end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  std::vector<bool> wanted(table.columns.size() + kHiddenColumns, true);
  JsonTableDecoder decoder(table, wanted);
  const Decoded together = decode(table, decoder, lines);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Decoded alone = decode(table, decoder, std::span(lines).subspan(i, 1));
    require(alone.outcomes[0] == together.outcomes[i], "an event means the same in any batch",
            fmt::format("{}\n{}\n{}", lines[i], alone.outcomes[0], together.outcomes[i]));
  }
  print_and_read(table.columns, together.batch);
  std::vector<std::string_view> padded;
  auto memory = std::make_shared<std::string>(as_text(take.rest()));
  memory->append(kReadPadding, '"');
  padded.push_back(std::string_view(*memory).substr(0, take.rest().size()));
  static_cast<void>(rows_from_json(table.columns, padded, memory));
}

}  // namespace kappa::fuzz
