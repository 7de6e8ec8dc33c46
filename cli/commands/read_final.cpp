#include "commands/read_final.hpp"

#include <fmt/format.h>

#include "commands/definition_file.hpp"
#include "commands/row_printer.hpp"
#include "commands/store.hpp"
#include "kappa/replay/replay.hpp"
#include "kappa/replay/views.hpp"

namespace kappa::cli {
namespace {

constexpr std::string_view kErrorsSuffix = ".errors";

std::string view_of(const log::TopicInfo& topic) {
  const bool errors = topic.kind == log::TopicKind::errors && topic.name.ends_with(kErrorsSuffix);
  return errors ? topic.name.substr(0, topic.name.size() - kErrorsSuffix.size()) : topic.name;
}

/// What the directory says the output is.
struct StoredOutput {
  replay::Definition definition;
  replay::ViewSpec spec;
};

Result<StoredOutput> stored_output(log::Directory& directory, const log::TopicInfo& topic) {
  auto info = replay::find_view(directory, view_of(topic));
  if (!info) return propagate(info);
  if (info->sql.empty()) {
    return fail(Errc::query,
                fmt::format("view {} is written in C++; only its own program can print its contents", info->name));
  }
  auto definition = compile_stored(info->sql);
  if (!definition) return propagate(definition);
  const replay::ViewSpec* view = definition->find(info->name);
  if (view == nullptr)
    return fail(Errc::corruption, fmt::format("the stored definition of {} does not define it", info->name));
  const bool errors = topic.kind == log::TopicKind::errors;
  replay::ViewSpec spec = errors ? replay::errors_spec(info->name) : *view;
  return StoredOutput{std::move(*definition), std::move(spec)};
}

}  // namespace

Result<void> read_final(Context& context, log::Directory& directory, const log::TopicInfo& topic,
                        const std::string& as_of) {
  if (topic.kind != log::TopicKind::changelog && topic.kind != log::TopicKind::errors) {
    return fail(Errc::usage, fmt::format("read: --final is for views, {} is a topic", topic.name), "kappa view list");
  }
  auto position = parse_position(as_of);
  if (!position) return propagate(position);
  auto output = stored_output(directory, topic);
  if (!output) return propagate(output);
  RowPrinter printer(context.out, output->spec.schema, context.common.mode());
  const auto print = [&printer](const processor::Batch& rows) { return printer.print(rows); };
  auto recorded = replay::read_contents(directory, output->spec, *position, print);
  if (!recorded) return propagate(recorded);
  std::string line;
  if (*recorded) {
    line = contents_line((*recorded)->rows, (*recorded)->fingerprint, (*recorded)->position);
  } else {
    replay::ReplayOptions wanted{topic.name, *position, context.stop};
    wanted.warning = warn_through(context);
    auto replayed = replay::replay(directory, output->definition, wanted, print);
    if (!replayed) return propagate(replayed);
    line = contents_line(replayed->rows, replayed->fingerprint, replayed->position) + " (by a replay)";
  }
  if (auto finished = printer.finish(); !finished) return finished;
  if (auto flushed = context.out.flush(); !flushed) return flushed;  // The rows before what is said of them.
  context.say(line);
  return {};
}

}  // namespace kappa::cli
