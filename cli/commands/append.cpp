// Lines in, frames out. Whatever ends it (the end of the input, a bad line, a full disk, Ctrl-C), the events before
// that are made durable and counted first.
#include <fmt/format.h>
#include <unistd.h>

#include <memory>

#include "commands/append_summary.hpp"
#include "commands/commands.hpp"
#include "commands/event_reader.hpp"
#include "commands/line_source.hpp"
#include "commands/once_options.hpp"
#include "commands/open_topic_writer.hpp"
#include "commands/retainer.hpp"
#include "commands/store.hpp"
#include "kappa/base/shell_quoted.hpp"

namespace kappa::cli {
namespace {

struct AppendOptions {
  std::string topic;
  std::vector<std::string> files;
  EventOptions event;
  std::string on_error = "stop";
  OnceText once;
  std::optional<std::uint64_t> expected_end;
  std::optional<std::uint64_t> partition;
};

using Seconds = std::chrono::duration<double>;

/// One append at work.
class Append {
 public:
  Append(Context& context, const AppendOptions& options, const log::TopicInfo& topic, EventReader reader,
         TopicWriter& writer, Retainer& retainer)
      : context_(context),
        options_(options),
        topic_(topic),
        reader_(std::move(reader)),
        writer_(writer),
        retainer_(retainer) {}

  Result<int> run() {
    auto done = append_files();
    if (!done && options_.expected_end) writer_.discard();  // All or nothing.
    auto durable = writer_.finish();
    if (auto told = tell_summary(); !told) return propagate(told);
    retainer_.apply();
    if (!durable) return std::unexpected(with_hint(durable.error()));
    if (!done) return propagate(done);
    return 0;
  }

 private:
  [[nodiscard]] Error with_hint(Error error) const {
    if (error.code == Errc::conflict && options_.expected_end && error.hint.empty())
      error.hint = fmt::format(
          "nothing was appended; what came between, perhaps this input before: kappa read {}{} -o {}", options_.topic,
          options_.partition ? fmt::format(" --partition {}", *options_.partition) : "", *options_.expected_end);
    return error;
  }

  Result<void> append_files() {
    const std::vector<std::string> standard_input{"-"};
    for (const std::string& file : options_.files.empty() ? standard_input : options_.files) {
      ++files_begun_;
      auto source = LineSource::open(file, reader_.line_bytes_max(), context_.stop);
      if (!source) return propagate(source);
      if (file == "-" && ::isatty(STDIN_FILENO) != 0) context_.say("an event a line; Ctrl-D ends");
      if (auto appended = append_lines(*source); !appended) return appended;
    }
    return {};
  }

  Result<void> append_lines(LineSource& source) {
    for (;;) {
      if (!writer_.holds_events()) retainer_.apply_if_due();  // Between frames: lines are too many to ask the clock.
      const auto outcome = source.next(writer_.deadline());
      if (!outcome) return std::unexpected(outcome.error());
      Result<void> step;
      switch (*outcome) {
        case LineSource::Outcome::end:
          return {};
        case LineSource::Outcome::stopped:
          return fail(Errc::interrupted, "interrupted");
        case LineSource::Outcome::pause:
          step = writer_.cut();
          break;
        case LineSource::Outcome::too_long:
          step = bad_line(source, fmt::format("longer than {} bytes", reader_.line_bytes_max()));
          break;
        case LineSource::Outcome::line:
          step = append_line(source);
          break;
      }
      if (!step) return step;
    }
  }

  Result<void> append_line(const LineSource& source) {
    const auto event = reader_.read(source.line());
    if (!event) return bad_line(source, event.error().message);
    if (!event->key && !writer_.takes_keyless())
      return bad_line(source, "no key, and a repeated append finds the partition of an event by its key");
    return writer_.add(*event);
  }

  Result<void> bad_line(const LineSource& source, const std::string& what) {
    const std::string message = fmt::format("{}:{}: {}", source.name(), source.number(), what);
    if (options_.on_error != "skip") return fail(Errc::bad_input, message, way_on(source));
    if (skipped_++ < kSkippedShown) context_.say("skipped " + message);
    return {};
  }

  /// How to go on behind a bad line without appending twice what came before it.
  [[nodiscard]] std::string way_on(const LineSource& source) const {
    const bool is_first = files_begun_ == 1 && source.number() == 1;
    if (is_first || options_.expected_end) return "nothing was appended; --on-error skip passes over bad lines";
    if (!options_.once.producer.empty() || !options_.once.id_field.empty())
      return "what came before is appended, and left out if given again: the same command with the line mended, or "
             "with "
             "--on-error skip";
    std::string others;
    for (std::size_t next = files_begun_; next < options_.files.size(); ++next)
      others += " " + shell_quoted(options_.files[next]);
    const bool is_stdin = options_.files.empty() || options_.files[files_begun_ - 1] == "-";
    const std::string rest =
        is_stdin ? fmt::format("line {} of the input{}{}", source.number(), others.empty() ? "" : ", then", others)
                 : fmt::format("tail -n +{} {} | kappa append {} …{}{}", source.number(), shell_quoted(source.name()),
                               options_.topic, others.empty() ? "" : " -", others);
    return fmt::format(
        "what came before is appended, and would be twice if given again: go on with {} and the same options; "
        "--on-error "
        "skip passes over bad lines",
        rest);
  }

  Result<void> tell_summary() {
    const AppendSummary summary{topic_.name,       topic_.partitions,
                                writer_.durable(), writer_.duplicates(),
                                skipped_,          Seconds(TopicWriter::Clock::now() - start_).count()};
    if (context_.common.mode() == OutputMode::json) return context_.out.write(summary_json(summary));
    context_.say(summary_line(summary));
    return {};
  }

  static constexpr std::uint64_t kSkippedShown = 10;

  Context& context_;
  const AppendOptions& options_;
  const log::TopicInfo& topic_;
  EventReader reader_;
  TopicWriter& writer_;
  Retainer& retainer_;
  std::uint64_t skipped_ = 0;
  std::size_t files_begun_ = 0;
  TopicWriter::Clock::time_point start_ = TopicWriter::Clock::now();
};

Result<int> append(Context& context, const AppendOptions& options) {
  auto once = parse_once(options.once);
  if (!once) return propagate(once);
  if (*once && options.expected_end)
    return fail(Errc::usage, "append: --expect-offset excludes --producer-id and --id-field");
  EventOptions event = options.event;
  event.id_field = options.once.id_field;
  auto reader = EventReader::make(event);
  if (!reader) return propagate(reader);
  for (const std::string& file : options.files)  // Before a topic, or half of an input, is there for nothing.
    if (auto readable = LineSource::check(file); !readable) return propagate(readable);
  auto directory = open_directory(context, OpenFor::creating);
  if (!directory) return propagate(directory);
  auto topic = topic_for_append(context, **directory, options.topic, options.partition);
  if (!topic) return propagate(topic);
  const bool keys = event.envelope || !event.key.empty() || !event.key_fields.empty();
  auto writer = open_topic_writer(**directory, *topic, {options.partition, options.expected_end, *once, keys});
  if (!writer) return propagate(writer);
  say_recovery(context, **directory);
  Retainer retainer(context, **directory, topic->name);
  return Append(context, options, *topic, std::move(*reader), **writer, retainer).run();
}

}  // namespace

Command append_command() {
  auto options = std::make_shared<AppendOptions>();  // Shared: the table and the action both point into it.
  EventOptions& event = options->event;
  return {
      "append",
      "Append an event for each line of files or standard input",
      {"echo '{\"id\":1}' | kappa append orders",
       "kappa append orders events.ndjson --key-field user.id --timestamp-field ts",
       "kappa append orders day.ndjson --producer-id day-1    # may be repeated",
       "kappa read orders -J | kappa append copy -J -d elsewhere"},
      {{"TOPIC", "made, with a notice, where there is none", &options->topic},
       {"FILE", "files of lines; none or -: standard input", &options->files, Positional::Need::optional}},
      {{"-k,--key", "KEY", "The key of every event", &event.key},
       {"--key-field", "PATH",
        "The field of each line's JSON that is the key: id, user.id; several give their JSON array", &event.key_fields},
       {"--timestamp-field", "PATH", "The field that is the timestamp", &event.timestamp_field},
       {"--timestamp-format",
        "FORMAT",
        "auto (default), rfc3339, unix_s, unix_ms, unix_us",
        &event.timestamp_format,
        {"auto", "rfc3339", "unix_s", "unix_ms", "unix_us"}},
       {"-H,--header", "NAME=VALUE", "A header of every event; may be repeated", &event.headers},
       {"-J,--json", "", "Lines are envelopes, as read -J prints them", &event.envelope},
       {"-p,--partition", "P", "Append all to this partition; else the key chooses, and without one they take turns",
        &options->partition},
       {"--producer-id", "NAME", "This input's name: appended again, only what is missing is", &options->once.producer},
       {"--id-field", "PATH", "The field that tells events apart: what is there already is left out",
        &options->once.id_field},
       {"--window", "AGE", "How far back to look for it: 24h (of --id-field), 7d, all (of --producer-id)",
        &options->once.window},
       {"--expect-offset", "N", "Append all in one, only if the topic (with -p the partition) ends at offset N",
        &options->expected_end},
       {"--on-error", "WHAT", "stop (default) at a bad line, or skip it", &options->on_error, {"stop", "skip"}}},
      {"json"},
      [options](Context& context) { return append(context, *options); },
      {"Lines are taken as bytes, without their newline. What is acknowledged is durable.",
       "An event without a value deletes a row of a table with a PRIMARY KEY: echo '{\"key\":7,\"value\":null}' | "
       "kappa "
       "append accounts -J"}};
}

}  // namespace kappa::cli
