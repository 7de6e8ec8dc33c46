#include "every_step.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "format/format.hpp"
#include "kappa/base/shortage.hpp"
#include "kappa/log/backup.hpp"
#include "kappa/log/repack.hpp"
#include "kappa/log/repair.hpp"
#include "kappa/log/verify.hpp"
#include "segment/seal.hpp"

namespace kappa::test {
namespace {

constexpr int kAppends = 7;
constexpr std::uint64_t kNever = ~std::uint64_t{0};

// Four frames a segment and a mark every second frame.
log::ProtocolOptions small_sizes() {
  log::ProtocolOptions small;
  small.segment_bytes = 13'500;
  small.mark_every_bytes = 600;
  return small;
}

/// The error of a Result of anything.
template <typename T>
Result<void> outcome_of(const Result<T>& result) {
  return result ? Result<void>{} : std::unexpected(result.error());
}

/// Everything a reader has, in the order in which it comes.
template <typename Next>
Result<void> read_into(std::vector<std::string>& values, Next next) {
  for (;;) {
    auto batch = next();
    if (!batch) return propagate(batch);
    if (!*batch) return {};
    for (std::size_t i = 0; i < (*batch)->columns.count; ++i) values.emplace_back(as_text((*batch)->columns.values[i]));
  }
}

}  // namespace

template <typename Work>
bool EveryStep::attempt(const std::string& name, Work work) {
  const Result<void> done = [&] {
    const Scarcity scarce;
    return told_of_shortage(work);
  }();
  if (done) return true;
  EXPECT_EQ(done.error().code, Errc::io) << name << ": " << done.error().message;
  EXPECT_THAT(done.error().message, testing::HasSubstr("out of memory")) << name;
  EXPECT_TRUE(Scarcity::fired()) << name;
  return false;
}

template <typename Work>
void EveryStep::step(const std::string& name, Work work) {
  if (attempt(name, work)) return;
  ASSERT_TRUE(attempt(name + ", again", work));
}

log::TopicInfo EveryStep::found(const std::string& name, log::TopicKind kind) {
  log::TopicInfo topic;
  step("the topic " + name, [&]() -> Result<void> {
    auto known = directory_->catalog().find_topic(name);
    if (!known) return propagate(known);
    if (!*known) {
      auto made = directory_->create_topic(name, kind);
      // Memory ran out behind the write: the second attempt has made it durable, and found it.
      if (!made && made.error().code != Errc::conflict) return propagate(made);
      known = directory_->catalog().find_topic(name);
      if (!known) return propagate(known);
    }
    topic = known->value();
    return {};
  });
  return topic;
}

void EveryStep::open_directory() {
  step("closing", [&]() -> Result<void> {
    directory_.reset();
    return {};
  });
  step("opening", [&]() -> Result<void> {
    auto opened = log::open_directory(data(), {.create = true, .seam = &seam_}, small_sizes());
    if (opened) directory_ = std::move(*opened);
    return outcome_of(opened);
  });
}

void EveryStep::append_all() {
  const log::TopicInfo topic = found("t");
  std::unique_ptr<log::Appender> appender;
  step("an appender", [&]() -> Result<void> {
    auto made = directory_->appender(topic);
    if (made) appender = std::move(*made);
    return outcome_of(made);
  });
  ASSERT_TRUE(appender);
  for (int i = 0; i < kAppends; ++i) {
    const std::string value = "value " + std::to_string(i);
    const bool appended =
        attempt("an append", [&]() -> Result<void> { return outcome_of(try_append(*appender, {value})); });
    (appended ? acknowledged_ : uncertain_).push_back(value);
  }
  step("closing the appender", [&]() -> Result<void> {
    appender.reset();
    return {};
  });
  step("sealing", [&] { return outcome_of(log::seal_left_segments(seam_, (data() / "topics" / "t" / "0").string())); });
}

void EveryStep::append_repeatedly() {
  const log::TopicInfo topic = found("once");
  for (int repeated = 0; repeated < 2; ++repeated)
    step("a repeated append", [&]() -> Result<void> {
      auto appender = directory_->once_appender(topic, 0, {log::OnceByProducer{"p"}, {}});
      if (!appender) return propagate(appender);
      return outcome_of(try_append(**appender, {"a", "b"}));
    });
}

void EveryStep::read_all() {
  const log::TopicInfo topic = found("t");
  Strings values;
  step("reading", [&]() -> Result<void> {
    values.clear();
    auto reader = directory_->reader(topic);
    if (!reader) return propagate(reader);
    return read_into(values, [&] { return (*reader)->next(); });
  });
  Strings merged;
  step("reading in order", [&]() -> Result<void> {
    merged.clear();
    auto reader = directory_->ordered_reader({{topic}});
    if (!reader) return propagate(reader);
    auto bound = (*reader)->bound();
    if (!bound) return propagate(bound);
    return read_into(merged, [&] { return (*reader)->next(*bound); });
  });
  EXPECT_EQ(merged, values);
}

void EveryStep::verify_all() {
  for (const std::string name : {"t", "once"}) {
    const log::TopicInfo topic = found(name);
    step("verifying", [&]() -> Result<void> {
      auto report = log::verify_partition(*directory_, topic, 0);
      if (!report) return propagate(report);
      return report->damages.empty() ? Result<void>{} : fail(Errc::corruption, report->damages.front().what);
    });
  }
}

void EveryStep::trim() {
  const log::TopicInfo topic = found("old");
  for (int i = 0; i < kAppends; ++i)
    step("an append to be removed", [&]() -> Result<void> {
      auto appender = directory_->appender(topic);
      return appender ? outcome_of(try_append(**appender, {std::string(500, 'x')})) : propagate(appender);
    });
  step("setting retention", [&] { return directory_->set_retention(topic, {.age = {}, .bytes = 1}); });
  step("retention", [&]() -> Result<void> {
    auto known = directory_->catalog().find_topic("old");
    auto end = directory_->catalog().read();
    if (!known) return propagate(known);
    if (!end) return propagate(end);
    if (auto finished = directory_->finish_trims(**known); !finished) return finished;
    auto trims = directory_->plan_retention(**known);
    if (!trims) return propagate(trims);
    return outcome_of(directory_->trim(**known, *trims, end->end));
  });
}

void EveryStep::commit_as_owner() {
  const log::TopicInfo input = found("t");
  const log::TopicInfo view = found("view", log::TopicKind::changelog);
  step("a commit of a view's owner", [&]() -> Result<void> {
    auto reader = directory_->ordered_reader({{input}});
    if (!reader) return propagate(reader);
    auto bound = (*reader)->bound();
    if (!bound) return propagate(bound);
    log::CommitFrame frame;
    for (;;) {
      auto batch = (*reader)->next(*bound);
      if (!batch) return propagate(batch);
      if (!*batch) break;
      frame.through = (*batch)->sequence;
    }
    log::CommitBlock block;
    block.inputs = (*reader)->consumed();
    frame.block = &block;
    auto appender = directory_->appender(view);
    if (!appender) return propagate(appender);
    auto epoch = (*appender)->take_ownership();
    if (!epoch) return propagate(epoch);
    return outcome_of(try_append(**appender, {"row"}, {.expected_end = {}, .owner_epoch = *epoch, .commit = frame}));
  });
}

void EveryStep::repack() {
  const log::TopicInfo topic = found("t");
  std::uint64_t repacked = 0;
  step("repacking", [&]() -> Result<void> {
    auto report = log::repack_partition(*directory_, topic, 0, {});
    if (report) repacked = report->sealed;
    return outcome_of(report);
  });
  EXPECT_GT(repacked, 0u);
}

void EveryStep::compact_by_key() {
  const log::TopicInfo topic = found("keyed");
  for (int i = 0; i < kAppends; ++i)
    step("a row", [&]() -> Result<void> {
      EventBatchBuilder builder;
      builder.add({.key = as_bytes(i % 2 == 0 ? "even" : "odd"), .value = as_bytes(std::string(500, 'r'))});
      auto appender = directory_->appender(topic);
      if (!appender) return propagate(appender);
      auto stamp = (*appender)->append(builder.columns(), {});
      return stamp ? (*appender)->await_durable(*stamp) : propagate(stamp);
    });
  step("compaction", [&]() -> Result<void> {
    auto last = log::last_older_than(*directory_, topic, 0);
    auto catalog = directory_->catalog().read();
    if (!last) return propagate(last);
    if (!catalog) return propagate(catalog);
    const auto rows = [](const EventBatch& events, std::vector<log::KeyedEvent>& said) -> Result<void> {
      said.assign(events.columns.count, log::KeyedEvent::row);
      return {};
    };
    const log::Compaction compaction{*last, rows, catalog->end};
    return outcome_of(log::repack_partition(*directory_, topic, 0, {.roll = true, .compaction = &compaction}));
  });
  EXPECT_EQ(read(*directory_, "keyed").size(), 2u) << "the last row of each key";
}

/// Reading past damage, and making a gap of it.
void EveryStep::lose_a_frame() {
  open_directory();
  const log::TopicInfo topic = found("holed");
  for (const char* value : {"lost", "left"})
    step("an append", [&]() -> Result<void> {
      auto appender = directory_->appender(topic);
      return appender ? outcome_of(try_append(**appender, {value})) : propagate(appender);
    });
  step("closing", [&]() -> Result<void> {
    directory_.reset();
    return {};
  });
  std::fstream(files("holed", ".seg").front(), std::ios::in | std::ios::out | std::ios::binary)
          .seekp(log::kFirstFramePosition + 20)
      << "damaged";
  Strings values;
  step("reading past damage", [&]() -> Result<void> {
    values.clear();
    auto directory = log::open_directory(data(), {.access = log::Access::read_only, .seam = &seam_}, small_sizes());
    if (!directory) return propagate(directory);
    auto reader = (*directory)->reader(topic);
    if (!reader) return propagate(reader);
    if (const auto first = (*reader)->next(); first) return fail(Errc::corruption, "damage is served");
    if (auto skipped = (*reader)->skip_damage(); !skipped) return propagate(skipped);
    return read_into(values, [&] { return (*reader)->next(); });
  });
  EXPECT_THAT(values, testing::Contains("left"));
  step("a gap",
       [&] { return outcome_of(log::repair(data(), std::nullopt, {.mode = log::RepairMode::apply, .seam = &seam_})); });
}

void EveryStep::delete_one() {
  const log::TopicInfo topic = found("gone");
  step("deleting a topic", [&]() -> Result<void> {
    auto deleted = directory_->delete_topic(topic);
    // Memory ran out once it was done.
    return !deleted && deleted.error().code == Errc::not_found ? Result<void>{} : deleted;
  });
  // Files of it that are left make room for the next topic of that name.
  EXPECT_FALSE(found("gone").id == topic.id);
}

void EveryStep::tear_and_recover() {
  step("closing", [&]() -> Result<void> {
    directory_.reset();
    return {};
  });
  std::fstream(files("once", ".seg").back(), std::ios::in | std::ios::out | std::ios::binary).seekp(30'000) << "torn";
  open_directory();
  const auto torn = std::filesystem::directory_iterator(data() / "torn");
  EXPECT_TRUE(std::ranges::any_of(torn, [](const auto& entry) { return entry.path().extension() == ".torn"; }));
}

void EveryStep::damage() const {
  std::fstream(files("t", ".seg").front(), std::ios::in | std::ios::out | std::ios::binary)
          .seekp(log::kFirstFramePosition + 20)
      << "damaged";
}

void EveryStep::back_up_and_restore() {
  const auto copy = data().parent_path() / "copy";
  const auto restored = data().parent_path() / "restored";
  step("a backup", [&] { return outcome_of(log::back_up(*directory_, copy)); });
  step("checking it", [&] { return outcome_of(log::check_backup(copy, {.seam = &seam_})); });
  step("restoring", [&] {
    std::filesystem::remove_all(restored);
    return outcome_of(log::restore(copy, restored, {.seam = &seam_}));
  });
  step("closing", [&]() -> Result<void> {
    directory_.reset();
    return {};
  });
  damage();
  step("repair", [&]() -> Result<void> {
    auto report = log::repair(data(), copy, {.mode = log::RepairMode::apply, .seam = &seam_});
    if (!report) return propagate(report);
    return report->lost.empty() ? Result<void>{} : fail(Errc::corruption, report->lost.front().what);
  });
  std::filesystem::remove_all(restored);
  std::filesystem::remove_all(copy);
}

void EveryStep::check_what_is_left() {
  directory_.reset();
  const auto directory = open(small_sizes(), &seam_);
  ASSERT_TRUE(directory);
  Strings sure = read(*directory, "t");
  std::erase_if(sure,
                [&](const std::string& value) { return std::ranges::find(uncertain_, value) != uncertain_.end(); });
  EXPECT_EQ(sure, acknowledged_);
  EXPECT_THAT(read(*directory, "once"), testing::ElementsAre("a", "b"));
  EXPECT_FALSE(read(*directory, "old").empty());
  EXPECT_THAT(read(*directory, "view"), testing::Each("row"));
  append(*directory, "t", {"goes on"});
  EXPECT_THAT(read(*directory, "holed"), testing::Contains("left"));
  EXPECT_EQ(directory->status(topic(*directory, "holed"), 0)->lost_events, 1u) << "its gap";
  for (const std::string name : {"t", "once", "old", "view", "keyed", "holed"}) {
    const auto report = log::verify_partition(*directory, topic(*directory, name), 0);
    ASSERT_TRUE(report) << report.error().message;
    for (const log::Damage& damage : report->damages) ADD_FAILURE() << damage.file << ": " << damage.what;
  }
}

bool EveryStep::pass(Shortage shortage, std::uint64_t n) {
  directory_.reset();
  std::filesystem::remove_all(data());
  acknowledged_.clear();
  uncertain_.clear();
  Scarcity::arm(shortage, n);
  open_directory();
  append_all();
  append_repeatedly();
  open_directory();
  commit_as_owner();
  repack();
  compact_by_key();
  tear_and_recover();
  read_all();
  verify_all();
  trim();
  delete_one();
  back_up_and_restore();
  lose_a_frame();
  check_what_is_left();
  return Scarcity::fired();
}

std::uint64_t EveryStep::allocations() {
  EXPECT_FALSE(pass(Shortage::once, kNever));
  return Scarcity::count();
}

}  // namespace kappa::test
