// A replay: the loop of a run, bounded, with its changes given to a printer instead of a changelog.
#include "kappa/replay/replay.hpp"

#include <fmt/format.h>

#include <chrono>

#include "input_cursor.hpp"
#include "kappa/base/near_miss.hpp"
#include "register.hpp"
#include "sorted_rows.hpp"

namespace kappa::replay {

namespace {

constexpr std::size_t kStreamBytes = std::size_t{1} << 20U;  // Rows are given out while they are in a cache.

/// Gives the changes of one output to a function, those of the others to nobody.
class OneOutput final : public processor::ChangeSink {
 public:
  OneOutput(std::size_t wanted, RowSink take) : wanted_(wanted), take_(std::move(take)) {}
  Result<void> changes(std::size_t output, const processor::Batch& rows) override {
    return output == wanted_ ? take_(rows) : Result<void>{};
  }

 private:
  std::size_t wanted_;
  RowSink take_;
};

struct Source {
  std::unique_ptr<processor::Processor> made;
  std::size_t output = 0;
  ViewSpec view;  ///< Schema and order of the output.

  [[nodiscard]] std::vector<std::uint32_t> inputs() const { return made->outputs()[output].inputs; }
};

// The view whose output or errors output has this name.
std::string view_of_output(const Definition& definition, const std::string& output) {
  for (const ViewSpec& view : definition.views)
    if (output == view.name || output == errors_topic(view.name)) return view.name;
  return {};
}

Error no_such_view(const Definition& definition, const std::string& output) {
  std::vector<std::string> names;
  std::string list;
  for (const ViewSpec& view : definition.views) {
    names.push_back(view.name);
    list += (list.empty() ? "" : ", ") + view.name;
  }
  const std::string near = near_miss(output, names);
  return {Errc::not_found, fmt::format("no materialized view \"{}\" in the definition", output),
          near.empty() ? fmt::format("it defines: {}", list) : fmt::format("did you mean {}?", near)};
}

Result<Source> open_source(log::Directory& directory, const Definition& definition, const std::string& output,
                           const std::function<void(const std::string&)>& warning) {
  const std::string name = view_of_output(definition, output);
  if (name.empty()) return std::unexpected(no_such_view(definition, output));
  if (auto whole = check_compacted_inputs(directory, definition, *definition.find(name), warning); !whole)
    return propagate(whole);
  auto made = definition.make({name});
  if (!made) return propagate(made);
  const auto outputs = (*made)->outputs();
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].name != output) continue;
    return Source{std::move(*made), i, outputs[i].is_errors ? errors_spec(name) : *definition.find(name)};
  }
  return fail(Errc::not_found, fmt::format("the processor has no output {}", output), "");
}

// The greatest sequence of a durable frame of any topic, as far as it takes to know that it is not below `wanted`.
Result<Sequence> last_sequence(log::Directory& directory, Sequence wanted) {
  auto topics = directory.catalog().topics();
  if (!topics) return propagate(topics);
  auto catalog = directory.catalog().find_topic(log::kCatalogTopic);
  if (!catalog) return propagate(catalog);
  if (*catalog) topics->push_back(std::move(**catalog));
  Sequence last;
  for (const log::TopicInfo& topic : *topics) {
    for (std::uint32_t partition = 0; partition < topic.partitions && last < wanted; ++partition) {
      const auto status = directory.status(topic, partition);
      if (status) last = std::max(last, status->extent.last);  // What a damaged topic ends with is not known.
    }
  }
  return last;
}

// Contents at a position are told if and only if they can no longer change. Sequences beyond the last frame say nothing
// yet: whether one will be drawn there depends on the counter, which may lie far above the frames.
Result<Sequence> replay_bound(log::Directory& directory, InputCursor& cursor, const std::vector<std::uint32_t>& inputs,
                              const std::optional<Sequence>& as_of) {
  auto bound = cursor.reader().bound();
  if (!bound) return bound;
  // Damage at an end has no place in the order, so that nothing met on the way would tell of it.
  if (!as_of) return cursor.reader().wait_past(*bound, std::chrono::nanoseconds{0}, {});
  const auto horizon = cursor.horizon(inputs);
  if (!horizon) return horizon;
  if (*as_of < *horizon)
    return fail(Errc::not_found,
                fmt::format("position {} lies before {}, up to which a topic of the view was compacted: what the view "
                            "was there is not in the log any more",
                            as_of->value, horizon->value),
                "what it was at the ends of its commits, its changes say: kappa read VIEW");
  const auto last = last_sequence(directory, *as_of);
  if (!last) return last;
  if (*as_of > *last)
    return fail(Errc::not_found,
                fmt::format("position {} is beyond the end: the last one is {}", as_of->value, last->value),
                "positions are shown by kappa replay --stats json and kappa view info");
  if (*as_of > *bound)
    return fail(Errc::not_found,
                fmt::format("position {} is not settled: appends before it are under way", as_of->value),
                "repeat the command");
  return *as_of;
}

class NoSink final : public processor::ChangeSink {
 public:
  Result<void> changes(std::size_t, const processor::Batch&) override { return {}; }
};

/// Feeds a processor up to a bound and hands over what must not wait for the end.
class Feeder {
 public:
  Feeder(Source& source, InputCursor& cursor, const ReplayOptions& options)
      : source_(source), cursor_(cursor), options_(options) {}

  Result<void> feed(Sequence bound, processor::ChangeSink& sink) {
    for (;;) {
      if (options_.stop.stop_requested()) return fail(Errc::interrupted, "stopped");
      auto fed = cursor_.step(bound);
      if (!fed) {
        // A run commits what stood before what stops it, so an error over a group that is met there comes first.
        NoSink none;
        if (auto advanced = source_.made->advance(cursor_.position(), none); !advanced) return advanced;
        return propagate(fed);
      }
      if (options_.progress) options_.progress(cursor_.events(), cursor_.bytes());
      const bool exhausted = *fed == InputCursor::Step::exhausted;
      // Insert-only output streams; anything else is netted once, at the end.
      const bool stream = source_.view.arrival_order && source_.made->pending_bytes() > kStreamBytes;
      if (!exhausted && !stream) continue;
      if (auto same = cursor_.check_horizons(); !same) return same;
      if (auto advanced = source_.made->advance(cursor_.position(), sink); !advanced) return advanced;
      if (exhausted) return {};
    }
  }

 private:
  Source& source_;
  InputCursor& cursor_;
  const ReplayOptions& options_;
};

}  // namespace

Result<ReplayStats> replay(log::Directory& directory, const Definition& definition, const ReplayOptions& options,
                           const RowSink& rows) {
  const auto started = std::chrono::steady_clock::now();
  auto source = open_source(directory, definition, options.output, options.warning);
  if (!source) return propagate(source);
  auto cursor = InputCursor::open(directory, *source->made, options.warning);
  if (!cursor) return propagate(cursor);
  const auto bound = replay_bound(directory, *cursor, source->inputs(), options.as_of);
  if (!bound) return std::unexpected(bound.error());

  ReplayStats stats;
  SortedRows sorted(source->view);
  const bool sort = !source->view.order_by.empty();
  OneOutput sink(source->output, [&](const processor::Batch& batch) -> Result<void> {
    stats.fingerprint.add(batch);
    if (!sort) return rows(batch);
    sorted.add(batch);
    return {};
  });
  if (auto fed = Feeder(*source, *cursor, options).feed(*bound, sink); !fed) return propagate(fed);
  if (sort)
    if (auto emitted = sorted.emit(rows); !emitted) return propagate(emitted);
  stats.events = cursor->events();
  stats.bytes = cursor->bytes();
  stats.rows = static_cast<std::uint64_t>(stats.fingerprint.weight);
  stats.position = cursor->position();
  stats.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return stats;
}

Result<std::map<Sequence, processor::Fingerprint>> fingerprints_at(log::Directory& directory,
                                                                   const Definition& definition,
                                                                   const std::string& output,
                                                                   const std::vector<Sequence>& positions) {
  auto source = open_source(directory, definition, output, {});
  if (!source) return propagate(source);
  auto cursor = InputCursor::open(directory, *source->made);
  if (!cursor) return propagate(cursor);
  std::map<Sequence, processor::Fingerprint> found;
  for (const Sequence position : positions) found[position] = {};
  processor::Fingerprint fingerprint;
  OneOutput sink(source->output, [&](const processor::Batch& batch) -> Result<void> {
    fingerprint.add(batch);
    return {};
  });
  for (auto& [position, at] : found) {
    const auto bound = replay_bound(directory, *cursor, source->inputs(), position);
    if (!bound) return std::unexpected(bound.error());
    if (auto fed = cursor->feed(*bound, {}); !fed) return propagate(fed);
    if (auto same = cursor->check_horizons(); !same) return propagate(same);
    if (auto advanced = source->made->advance(position, sink); !advanced) return propagate(advanced);
    at = fingerprint;
  }
  return found;
}

}  // namespace kappa::replay
