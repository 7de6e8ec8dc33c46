// What the fingerprint adds to a replay: the same loop over the same log with and without it, the rows made into JSON
// as the command gives them out. The worst case is a row for every event of a projection; for it also the bare loop,
// which throws the rows away.
#include <fmt/format.h>

#include <array>
#include <cstdio>

#include "figures.hpp"
#include "kappa/processor/fingerprint.hpp"
#include "kappa/processor/row_codec.hpp"
#include "replays.hpp"

namespace kappa::bench {
namespace {

enum class Rows : std::uint8_t { given_out, thrown_away };

/// Another process reads what is written, and does nothing with it.
class Pipe {
 public:
  Pipe() : file_(::popen("cat >/dev/null", "w")) {
    if (file_ == nullptr) give_up({Errc::io, "no pipe to cat"});
    std::setvbuf(file_, nullptr, _IONBF, 0);
  }
  ~Pipe() { ::pclose(file_); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  void write(std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) give_up({Errc::io, "cat is gone"});
  }

 private:
  std::FILE* file_;
};

/// Takes the changes of a view, as a replay does.
class Taking final : public processor::ChangeSink {
 public:
  Taking(const processor::Schema& schema, Rows rows, bool fingerprint)
      : schema_(schema), rows_(rows), fingerprint_(fingerprint) {}

  Result<void> changes(std::size_t, const processor::Batch& rows) override {
    count_ += rows.rows;
    if (fingerprint_) sum_.add(rows);
    for (std::size_t row = 0; rows_ == Rows::given_out && row < rows.rows; ++row) {
      processor::row_to_json(schema_, rows, row, text_);
      text_ += '\n';
      if (text_.size() >= kPipeBytes) flush();
    }
    return {};
  }
  void flush() {
    pipe_.write(text_);
    bytes_ += text_.size();
    text_.clear();
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] const processor::Fingerprint& sum() const { return sum_; }

 private:
  static constexpr std::size_t kPipeBytes = std::size_t{1} << 16U;

  const processor::Schema& schema_;
  Rows rows_;
  bool fingerprint_;
  std::uint64_t count_ = 0;
  std::uint64_t bytes_ = 0;
  std::string text_;
  Pipe pipe_;
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
      const double bare_seconds = cpu_seconds_of([&] { drive(directory, definition, bare), bare.flush(); });
      const double whole_seconds = cpu_seconds_of([&] { drive(directory, definition, whole), whole.flush(); });
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
  for (const View& view : {View{"filter", kFilterSql}, View{"counts", kCountSql}}) {
    Pairs pairs;
    pairs.measure(setup, *directory, define(view.sql), Rows::given_out);
    tell(fmt::format("fingerprint of a replay, {}", view.name), pairs.cost.median(), Target::at_most, 5, "%");
    explain(pairs.text());
  }
  for (const Rows kind : {Rows::given_out, Rows::thrown_away}) {
    Pairs worst;
    worst.measure(setup, *directory, define(kProjectionSql), kind);
    explain(fmt::format("a row for every event, {}: {}; {}", kind == Rows::given_out ? "given out" : "thrown away",
                        worst.cost.text(1, "%"), worst.text()));
  }
}

}  // namespace kappa::bench
