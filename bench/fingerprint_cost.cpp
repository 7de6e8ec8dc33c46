// What the fingerprint adds to a replay: the same loop over the same log with and without it, the rows made into JSON
// as the command gives them out. The worst case is a row for every event of a projection; for it also the bare loop,
// which throws the rows away.
#include <fmt/format.h>

#include <array>

#include "figures.hpp"
#include "kappa/processor/fingerprint.hpp"
#include "kappa/processor/row_codec.hpp"
#include "replays.hpp"

namespace kappa::bench {
namespace {

enum class Rows : std::uint8_t { as_json, thrown_away };

/// Takes the changes of a view, as a replay does.
class Taking final : public processor::ChangeSink {
 public:
  Taking(const processor::Schema& schema, Rows rows, bool fingerprint)
      : schema_(schema), rows_(rows), fingerprint_(fingerprint) {}

  Result<void> changes(std::size_t, const processor::Batch& rows) override {
    count_ += rows.rows;
    if (fingerprint_) sum_.add(rows);
    for (std::size_t row = 0; rows_ == Rows::as_json && row < rows.rows; ++row) {
      text_.clear();
      processor::row_to_json(schema_, rows, row, text_);
      bytes_ += text_.size();
    }
    return {};
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] const processor::Fingerprint& sum() const { return sum_; }

 private:
  const processor::Schema& schema_;
  Rows rows_;
  bool fingerprint_;
  std::uint64_t count_ = 0;
  std::uint64_t bytes_ = 0;
  std::string text_;
  processor::Fingerprint sum_;
};

/// Runs the pair several times, what is left of the noise being the median's.
struct Pairs {
  Samples with, without, cost;
  std::uint64_t rows = 0;

  void measure(const Setup& setup, log::Directory& directory, const replay::Definition& definition, Rows kind) {
    const processor::Schema& schema = definition.views.front().schema;
    for (int run = 0; run <= setup.large_runs; ++run) {
      Taking bare(schema, kind, false), whole(schema, kind, true);
      const double bare_seconds = cpu_seconds_of([&] { drive(directory, definition, bare); });
      const double whole_seconds = cpu_seconds_of([&] { drive(directory, definition, whole); });
      rows = bare.count();
      if (whole.sum().weight != static_cast<std::int64_t>(rows) || whole.bytes() != bare.bytes())
        give_up({Errc::corruption, "the two replays differ"});
      if (run == 0) continue;  // The warm-up.
      without.add(bare_seconds);
      with.add(whole_seconds);
      cost.add((whole_seconds - bare_seconds) / bare_seconds * 100);
    }
  }

  [[nodiscard]] std::string text() const {
    return fmt::format("CPU: with {}, without {}; {:.0f} ns a row of {} rows", with.text(1, "s"), without.text(1, "s"),
                       (with.median() - without.median()) / static_cast<double>(rows) * 1e9, rows);
  }
};

struct View {
  std::string_view name;
  const std::string& sql;
};

}  // namespace

void fingerprint_cost(const Setup& setup) {
  const auto directory = open_log(setup.bids());
  for (const View& view : {View{"filter", kFilterSql}, View{"counts", kCountSql}, View{"rows", kProjectionSql}}) {
    Pairs pairs;
    pairs.measure(setup, *directory, define(view.sql), Rows::as_json);
    tell(fmt::format("fingerprint of a replay, {}", view.name), pairs.cost.median(), Target::at_most, 5, "%");
    explain(pairs.text());
  }
  Pairs pairs;
  pairs.measure(setup, *directory, define(kProjectionSql), Rows::thrown_away);
  explain(fmt::format("with rows thrown away instead of given out: {}; {}", pairs.cost.text(1, "%"), pairs.text()));
}

}  // namespace kappa::bench
