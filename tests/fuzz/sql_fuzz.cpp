// SQL text to plans, and plans at work on a few events. A file that compiles has views that a processor can be made of,
// whose results do not depend on how events are split into batches.
#include <map>
#include <string>
#include <vector>

#include "fuzz.hpp"
#include "kappa/base/event_builder.hpp"
#include "kappa/processor/processor.hpp"
#include "kappa/processor/row_codec.hpp"
#include "kappa/sql/compile.hpp"

namespace kappa::fuzz {
namespace {

using namespace processor;

constexpr std::string_view kTables = R"(
CREATE TABLE t (a bigint, b integer, n numeric, d double precision, s text, v varchar(5), ts timestamp, dt date, f boolean);
CREATE TABLE u (a bigint, s text);
CREATE MATERIALIZED VIEW fuzzed AS )";

constexpr std::string_view kEvents[] = {
    R"({"a":1,"b":2,"n":1.50,"d":0.5,"s":"abc","v":"xy","ts":"2020-01-02 03:04:05.678","dt":"2020-02-29","f":true})",
    R"({"a":-9223372036854775808,"b":-2147483648,"n":99999999999999999999999999999999999999,"d":1e308,"s":"","f":false})",
    R"({"a":9223372036854775807,"b":0,"n":"NaN","d":"NaN","s":"%_\\","ts":"infinity","dt":"-infinity"})",
    R"({"a":null})",
    R"({"a":1,"b":2147483647,"n":-0.001,"d":-0.0,"s":"ä\u0000","ts":"0044-03-15 BC"})",
    R"({"a":1,"n":"Infinity","d":"-Infinity","s":"2020-01-01","v":"12345","dt":"epoch"})"};

/// The net contents of outputs, by encoded row.
class Contents final : public ChangeSink {
 public:
  Result<void> changes(std::size_t output, const Batch& rows) override {
    for (std::size_t row = 0; row < rows.rows; ++row) {
      std::string key = fmt::format("{} ", output);
      encode_row(rows, row, key);
      require(rows.weight(row) != 0, "every change changes something");
      if ((rows_[key] += rows.weight(row)) == 0) rows_.erase(key);
    }
    return {};
  }
  [[nodiscard]] const std::map<std::string, std::int64_t>& rows() const { return rows_; }

 private:
  std::map<std::string, std::int64_t> rows_;
};

Result<void> process(Processor& processor, std::uint32_t input, std::size_t begin, std::size_t end) {
  EventBatchBuilder builder;
  for (std::size_t i = begin; i < end; ++i) builder.add({kNoTimestamp, {}, as_bytes(kEvents[i]), {}});
  EventBatch batch;
  batch.input = input;
  batch.sequence = Sequence{input * std::size(kEvents) + begin + 1};
  batch.first_offset = Offset{begin};
  batch.columns = builder.columns();
  auto memory = std::make_shared<std::string>(as_text(batch.columns.values.bytes));
  const std::size_t bytes = memory->size();
  memory->append(kReadPadding, '\0');
  batch.columns.values.bytes = as_bytes(*memory).first(bytes);
  batch.memory = memory;
  return processor.process(batch);
}

enum class Split { none, each };

using Rows = std::map<std::string, std::int64_t>;

/// What the views hold after all events; nullopt where they stopped at one.
std::optional<Rows> contents(const Program& program, Split split) {
  const auto made = make_processor(program);
  require(made.has_value(), "a program that compiles can run", made ? "" : made.error().message);
  Contents contents;
  Sequence last{1};
  for (std::uint32_t input = 0; input < (*made)->inputs().size(); ++input) {
    const std::size_t step = split == Split::each ? 1 : std::size(kEvents);
    for (std::size_t i = 0; i < std::size(kEvents); i += step) {
      last = Sequence{input * std::size(kEvents) + i + 1};
      if (!process(**made, input, i, i + step)) return std::nullopt;
      if (split == Split::each && !(*made)->advance(last, contents)) return std::nullopt;
    }
  }
  if (!(*made)->advance(last, contents)) return std::nullopt;
  return contents.rows();
}

/// Batches of one event have other sequences, and a view may show them.
bool may_see_sequences(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower.find("_sequence") != std::string::npos || lower.find("u&") != std::string::npos;
}

void compile_and_run(std::string_view text) {
  const auto compiled = sql::compile(text, "f.sql");
  if (!compiled)
    return require(compiled.error().code == Errc::query && !compiled.error().message.empty(), "a refusal says why");
  const Program& program = compiled->program;
  const auto again = sql::compile(text, "g.sql");
  for (std::size_t view = 0; view < program.views.size(); ++view)
    require(again && canonical_text(program, view) == canonical_text(again->program, view),
            "the same text means the same");
  if (program.views.empty()) return;
  const auto whole = contents(program, Split::none);
  const auto split = contents(program, Split::each);
  if (whole && split && !may_see_sequences(text)) require(*whole == *split, "splitting changes no result");
}

}  // namespace

void run(Bytes input) {
  if (input.size() > 4096) return;
  const std::string_view text = as_text(input);
  compile_and_run(text);
  compile_and_run(fmt::format("{}{}", kTables, text));
}

}  // namespace kappa::fuzz
