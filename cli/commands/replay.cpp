#include "kappa/replay/replay.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <memory>

#include "commands/commands.hpp"
#include "commands/definition_file.hpp"
#include "commands/row_printer.hpp"
#include "commands/store.hpp"
#include "kappa/base/near_miss.hpp"
#include "text/table.hpp"

namespace kappa::cli {
namespace {

constexpr std::string_view kErrorsSuffix = ".errors";

struct ReplayVerbOptions {
  std::string file;
  std::string view;
  std::string as_of;
  std::string stats;
};

/// The view that the user means, or its errors.
Result<replay::ViewSpec> choose(const replay::Definition& definition, const std::string& name) {
  std::vector<std::string> names;
  for (const replay::ViewSpec& view : definition.views) names.push_back(view.name);
  if (names.empty())
    return fail(Errc::query, "the file has no CREATE MATERIALIZED VIEW", "kappa help replay; docs/sql.md has examples");
  if (name.empty() && names.size() == 1) return definition.views.front();
  if (name.empty()) {
    return fail(Errc::usage, fmt::format("the file has several views: {}", fmt::join(names, ", ")),
                fmt::format("kappa replay FILE --view {}", names.front()));
  }
  if (const replay::ViewSpec* view = definition.find(name)) return *view;
  if (name.ends_with(kErrorsSuffix)) {
    const std::string owner = name.substr(0, name.size() - kErrorsSuffix.size());
    if (definition.find(owner) != nullptr) return replay::errors_spec(owner);
  }
  const std::string near = near_miss(name, names);
  return fail(Errc::not_found, fmt::format("the file has no view {}", name),
              near.empty() ? fmt::format("it has: {}", fmt::join(names, ", ")) : fmt::format("did you mean {}?", near));
}

void print_stats(const Context& context, const ReplayVerbOptions& options, const replay::ReplayStats& stats) {
  if (options.stats.empty()) {
    return context.say(fmt::format("{}; {} in {:.3f} s", contents_line(stats.rows, stats.fingerprint, stats.position),
                                   counted(stats.events, "event"), stats.seconds));
  }
  std::fputs(fmt::format(R"({{"events":{},"bytes":{},"seconds":{:.6f},"rows":{},"fingerprint":"{}","position":{}}})"
                         "\n",
                         stats.events, stats.bytes, stats.seconds, stats.rows, processor::to_text(stats.fingerprint),
                         stats.position.value)
                 .c_str(),
             stderr);
}

Result<int> replay_file(Context& context, const ReplayVerbOptions& options) {
  auto position = parse_position(options.as_of);
  if (!position) return propagate(position);
  auto definition = load_definition(context, options.file);
  if (!definition) return propagate(definition);
  auto view = choose(*definition, options.view);
  if (!view) return propagate(view);
  const bool errors = definition->find(view->name) == nullptr;
  auto directory = open_directory(context, OpenFor::reading);
  if (!directory) return propagate(directory);
  RowPrinter printer(context.out, view->schema, context.common.mode());
  const std::string output = errors ? options.view : view->name;
  replay::ReplayOptions wanted{output, *position, context.stop};
  wanted.warning = warn_through(context);
  auto stats = replay::replay(**directory, *definition, wanted,
                              [&printer](const processor::Batch& rows) { return printer.print(rows); });
  if (!stats) return propagate(stats);
  if (auto finished = printer.finish(); !finished) return propagate(finished);
  if (auto flushed = context.out.flush(); !flushed) return propagate(flushed);
  print_stats(context, options, *stats);
  return 0;
}

}  // namespace

Command replay_command() {
  auto options = std::make_shared<ReplayVerbOptions>();  // Shared: the table and the action both point into it.
  return {"replay",
          "Compute a view's contents from offset zero and print its rows; writes nothing",
          {"kappa replay revenue.sql", "kappa replay revenue.sql --as-of 1042 -O table",
           "kappa replay shop.sql --view revenue --stats json > rows.ndjson"},
          {{"FILE", "SQL with CREATE MATERIALIZED VIEW; -: standard input", &options->file}},
          {{"--view", "VIEW", "Which view, where the file has several; VIEW.errors for its errors", &options->view},
           {"--as-of", "POSITION", "The contents at this position; else at the end as it is now", &options->as_of},
           {"--stats", "FORMAT", "Figures on stderr as: json", &options->stats, {"json"}}},
          {"table", "ndjson", "json"},
          [options](Context& context) { return replay_file(context, *options); },
          {"Needs no run, and no definition in the directory."}};
}

}  // namespace kappa::cli
