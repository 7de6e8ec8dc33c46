#include "campaign.hpp"

#include <poll.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "event_text.hpp"
#include "fmt/format.h"

namespace kappa::powercut {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kRecoveryMax{10'000};
constexpr std::string_view kViews = R"(CREATE TABLE a (id bigint);
CREATE TABLE b (id bigint);
CREATE MATERIALIZED VIEW counts AS SELECT id % 7 AS k, count(*) AS n, max(id) AS newest FROM a GROUP BY 1;
CREATE MATERIALIZED VIEW thirds AS SELECT id FROM b WHERE id % 3 = 0;
)";

bool same(const Record& one, const Record& other) {
  return one.told == other.told && one.name() == other.name() && one.offset == other.offset &&
         one.count == other.count && one.id == other.id && one.sequence == other.sequence;
}

}  // namespace

Campaign::Campaign(const FileSystem& file_system, CampaignOptions options)
    : file_system_(file_system),
      options_(std::move(options)),
      box_(file_system, options_.place, options_.outer_mounts),
      directory_(box_.root() + "/data"),
      random_(options_.seed),
      children_(options_.place + "/talk") {
  std::ofstream(options_.place + "/views.sql") << kViews;
}

bool Campaign::goes_on() const {
  const bool has_time = options_.limit.count() == 0 || std::chrono::steady_clock::now() - begin_ < options_.limit;
  return figures_.faults.empty() && figures_.cuts < options_.cuts && has_time;
}

Figures Campaign::run() {
  while (goes_on()) cut_one_disk();
  return std::move(figures_);
}

void Campaign::cut_one_disk() {
  box_.start_afresh();
  ledger_ = {};
  has_inputs_ = false;
  for (std::uint64_t left = 10 + random_() % 11; left > 0 && goes_on(); --left) {
    cut_at_work();
    while (goes_on() && random_() % 4 == 0) cut_in_recovery();
    if (figures_.faults.empty()) check();
  }
  figures_.acknowledged += ledger_.acknowledged();
  figures_.delivered += ledger_.delivered();
}

Command Campaign::worker(const std::string& role, const RecordPipe& pipe) {
  return {options_.self,
          "--work",
          role,
          directory_,
          std::to_string(++writers_),
          std::to_string(random_()),
          std::to_string(pipe.writing_end()),
          options_.planted};
}

void Campaign::cut_at_work() {
  static constexpr std::uint64_t kRequestsMax[] = {30, 300, 1500};
  const std::uint64_t requests = 1 + random_() % kRequestsMax[random_() % 3];
  RecordPipe pipe;
  box_.disk().arm(requests, random_());
  for (const char* role : {"append", "append", "append", "manage", "read"})
    children_.start(worker(role, pipe), pipe.writing_end());
  if (has_inputs_) children_.start({options_.kappa, "-q", "-d", directory_, "run", options_.place + "/views.sql"});
  wait_and_cut(pipe, milliseconds(100 + random_() % 1000), [this](const Record& record) {
    if (const std::string wrong = ledger_.note(record); !wrong.empty()) fault(wrong);
  });
}

void Campaign::cut_in_recovery() {
  RecordPipe pipe;
  box_.disk().arm(1 + random_() % 40, random_());
  children_.start(worker("inspect", pipe), pipe.writing_end());
  wait_and_cut(pipe, kRecoveryMax, [](const Record&) {});
  ++figures_.cuts_in_recovery;
}

void Campaign::wait_for_dark(RecordPipe& pipe, milliseconds limit, const Sink& sink) {
  const auto until = std::chrono::steady_clock::now() + limit;
  for (;;) {
    std::vector<pollfd> waiting{{box_.disk().gone(), POLLIN, 0}, {pipe.reading_end(), POLLIN, 0}};
    for (const int ended : children_.descriptors()) waiting.push_back({ended, POLLIN, 0});
    const auto left = std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now());
    poll(waiting.data(), waiting.size(), std::max(0, static_cast<int>(left.count())));
    if ((waiting[1].revents & POLLIN) != 0) pipe.take(sink);
    const bool gone = waiting[0].revents != 0;
    if (!gone && (left.count() <= 0 || std::ranges::any_of(waiting.begin() + 2, waiting.end(), &pollfd::revents)))
      box_.disk().cut();
    else if (!gone)
      continue;
    return;
  }
}

// The dead are killed while the disk keeps silent: none of them gets an answer that was given after the power had gone.
void Campaign::wait_and_cut(RecordPipe& pipe, milliseconds limit, const Sink& sink) {
  pipe.close_writing_end();
  wait_for_dark(pipe, limit, sink);
  const Loss loss = box_.disk().loss();
  children_.kill_all();
  box_.disk().everybody_is_dead();
  const std::string failed = children_.end_all();
  while (pipe.take(sink)) continue;
  ++figures_.cuts;
  figures_.sectors_lost += loss.unflushed - loss.kept;
  if (!failed.empty()) fault(failed);
  if (const std::string why = box_.start_again(); !why.empty()) fault(why);
}

void Campaign::check() {
  if (random_() % 4 == 0)
    if (const auto found = inspect("inspect_read_only"); figures_.faults.empty())
      for (const std::string& wrong : ledger_.judge(found)) fault("before the recovery, " + wrong);
  if (!figures_.faults.empty()) return;
  const auto found = inspect("inspect");
  if (!figures_.faults.empty()) return;
  for (const std::string& wrong : ledger_.judge(found)) fault(wrong);
  figures_.torn_tails += static_cast<std::uint64_t>(std::ranges::count(found, Told::torn_tail, &Record::told));
  if (figures_.faults.empty()) check_again(found);
  has_inputs_ = std::ranges::count_if(found, [](const Record& record) {
                  return record.told == Told::extent && (record.name() == "a" || record.name() == "b");
                }) == 2;
  if (figures_.faults.empty() && has_inputs_) check_command();
}

std::vector<Record> Campaign::inspect(const std::string& role) {
  RecordPipe pipe;
  children_.start(worker(role, pipe), pipe.writing_end());
  pipe.close_writing_end();
  std::vector<Record> found;
  while (pipe.take([&](const Record& record) { found.push_back(record); })) continue;
  const std::string failed = children_.end_all();
  if (!failed.empty() || found.empty() || found.back().told != Told::end) fault("an inspection failed\n" + failed);
  return found;
}

void Campaign::check_again(const std::vector<Record>& before) {
  auto first = before;
  std::erase_if(first, [](const Record& record) { return record.told == Told::torn_tail; });
  const auto second = inspect("inspect");
  if (!figures_.faults.empty()) return;
  const auto part = std::ranges::mismatch(first, second, same);
  if (part.in1 != first.end() || part.in2 != second.end()) fault("a second opening finds something else");
}

std::string Campaign::output_of(const Command& command) {
  Outcome outcome = run_command(command);
  if (outcome.status != 0)
    fault(fmt::format("{}: status {:#x}\n{}{}", fmt::join(command, " "), outcome.status, outcome.out, outcome.err));
  return std::move(outcome.out);
}

void Campaign::check_command() {
  const std::string views = options_.place + "/views.sql";
  output_of({options_.kappa, "-d", directory_, "verify"});
  output_of({options_.kappa, "-d", directory_, "run", views, "--until-end"});
  for (const char* view : {"counts", "thirds"})
    if (figures_.faults.empty()) check_view(view);
}

void Campaign::check_view(const std::string& view) {
  const std::string views = options_.place + "/views.sql";
  const auto rows_of = [&](const Command& command) {
    std::string text = output_of(command);
    std::vector<std::string> rows;
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
      rows.push_back(text.substr(at, text.find('\n', at) - at));
    std::ranges::sort(rows);
    return rows;
  };
  const auto live = rows_of({options_.kappa, "-q", "-d", directory_, "read", view, "--final", "-O", "ndjson"});
  const auto replayed =
      rows_of({options_.kappa, "-q", "-d", directory_, "replay", views, "--view", view, "-O", "ndjson"});
  if (live != replayed) fault(fmt::format("view {}: live and replay have parted", view));
}

void Campaign::fault(const std::string& what) {
  std::string text = fmt::format("{}, seed {}, cut {}: {}", file_system_.name, options_.seed, figures_.cuts, what);
  if (figures_.faults.empty() && !options_.kept.empty()) {
    const std::string file =
        fmt::format("{}/{}-seed-{}-cut-{}.img", options_.kept, file_system_.name, options_.seed, figures_.cuts);
    std::filesystem::create_directories(options_.kept);
    text +=
        box_.save_start(file) ? "\n  the disk before it was mounted: " + file : "\n  " + file + " cannot be written";
  }
  figures_.faults.push_back(text);
}

}  // namespace kappa::powercut
