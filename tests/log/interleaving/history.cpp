// What is checked of every run, under whatever schedule:
//
// - while it runs: nothing is served or acknowledged that a loss of power could take away; the reader's bound never
//   goes back; no call of a living process fails; where nobody dies the reader is woken by each publication;
// - afterwards a process that comes new to the directory can append to every topic, whatever died where;
// - a replay from zero then finds what was acknowledged exactly once, where its appender was told; nothing twice;
//   nothing that nobody appended; sequences and times rise, offsets have no gaps;
// - what the reader was given is the beginning of that replay, frame by frame; and if it lived, all of it up to the
//   last two appends, for it helps where a dead process holds it back;
// - a restart with recovery from the files alone replays the same.
#include "history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "directory/layout.hpp"
#include "format/segment_header.hpp"
#include "must.hpp"
#include "protocol/append.hpp"
#include "protocol/group_commit.hpp"
#include "protocol/held_back.hpp"
#include "protocol/housekeeper.hpp"

namespace kappa::test {
namespace {

constexpr char kRoot[] = "/log";
constexpr std::uint32_t kCloser = 3;     // Ends the reader's waiting once the appenders are over.
constexpr std::uint32_t kNewcomer = 4;   // Comes when all others are over.
constexpr std::uint32_t kRestarter = 5;  // Only outside of runs.
// Long enough for a reader that sleeps to look again by itself, and then to lose patience.
constexpr std::uint64_t kHelpingTime = 3 * std::chrono::nanoseconds(log::kWaitSlice).count();
// A restart costs as much as a run: of the runs with several turns every so manieth is followed by one.
constexpr std::uint64_t kRunsPerRestart = 16;
// Less than a sleeping reader's patience.
constexpr std::uint64_t kNoTimeOut = 1'000'000;
constexpr std::uint64_t kForEver = std::numeric_limits<std::uint64_t>::max();

}  // namespace

/// The directory as one process has it open. Opening by hand, without the catalog, is what makes a run cheap.
struct History::Attached {
  log::SequencePage sequence;
  log::Environment environment;
  std::vector<std::shared_ptr<log::Partition>> partitions;

  Attached(log::Seam& seam, log::SequencePage page, const log::DirectoryId& id, const log::ProtocolOptions& options)
      : sequence(std::move(page)),
        environment{seam, sequence, log::Access::read_write, id, seam.pid(), options, nullptr, {}} {}

  [[nodiscard]] std::unique_ptr<log::LogOrderedReader> reader() const {
    std::vector<log::MergeInput> inputs;
    for (std::uint32_t i = 0; i < partitions.size(); ++i) inputs.push_back({i, partitions[i]});
    return std::make_unique<log::LogOrderedReader>(environment, std::move(inputs));
  }
};

History::History(Scenario scenario) : scenario_(std::move(scenario)), kernel_(kNewcomer + 2, kScheduled) {
  make_directory();
}
History::~History() = default;

void History::make_directory() {
  log::Seam& seam = kernel_.seam(kRestarter);
  {
    auto directory = must(log::Directory::open(kRoot, {.create = true, .seam = &seam}));
    for (const char* name : {"x", "y"}) {
      topics_.push_back(must(directory->create_topic(name, log::TopicKind::user)));
      auto appender = must(directory->appender(topics_.back()));
      must(appender->append(event_of(fmt::format("first of {}", name)).columns()));
    }
  }
  const log::Layout layout{kRoot};
  directory_ = log::decode_directory_file(must(log::read_file(seam, layout.kappa_file())))->id;
  beginning_ = kernel_.machine().copy();
}

std::unique_ptr<History::Attached> History::attach(std::uint32_t process) {
  const log::Layout layout{kRoot};
  log::Seam& seam = kernel_.seam(process);
  log::ProtocolOptions options;
  options.segment_bytes = scenario_.segment_bytes;
  auto attached = std::make_unique<Attached>(
      seam, must(log::SequencePage::open(seam, layout.sequence_file(), log::Access::read_write)), directory_, options);
  for (const log::TopicInfo& topic : topics_)
    attached->partitions.push_back(
        must(log::Partition::open(attached->environment, {layout.partition(topic.name, 0), topic.name + "/0", topic.id,
                                                          log::TopicKind::user, 0})));
  return attached;
}

History::Outcome History::run(const Schedule& schedule) {
  kernel_.reset(beginning_.copy());
  begun_ = {{0, "first of x"}, {1, "first of y"}};
  acknowledged_.clear();
  delivered_.clear();
  replayed_.clear();
  bound_ = {};
  fault_.clear();
  stop_ = {};
  std::vector<std::function<void()>> bodies;
  const auto* topics = &scenario_.first;
  for (std::uint32_t i = 0; i < kScheduled; ++i) {
    attached_.push_back(attach(i));
    if (i == scenario_.reader) {
      bodies.emplace_back([this] { read(); });
    } else {
      bodies.emplace_back([this, i, topics] { append(i, *topics); });
      topics = &scenario_.second;
    }
  }
  bodies.emplace_back([this] { close(); });
  bodies.emplace_back([this] { check_afterwards(); });
  bodies.emplace_back([] {});
  Outcome outcome;
  outcome.trace = kernel_.run(schedule, bodies);
  attached_.clear();
  check_order();
  check_acknowledged();
  check_delivered();
  if (schedule.turns.size() < 2 || ++runs_ % kRunsPerRestart == 0) replay_after_restart();
  outcome.fault = fault_;
  return outcome;
}

void History::complain(const std::string& what) {
  if (fault_.empty()) fault_ = what;
}

void History::append(std::uint32_t process, const std::vector<std::uint32_t>& topics) {
  const Attached& attached = *attached_[process];
  int number = 0;
  for (const std::uint32_t topic : topics)
    append_one(*attached.partitions[topic], topic, fmt::format("{} of process {}", ++number, process));
  if (scenario_.end == Scenario::End::tidy && !topics.empty()) log::tidy_up(*attached.partitions[topics.back()]);
}

// As an appender of the public interface does it, whose destructor would do more.
void History::append_one(log::Partition& partition, std::uint32_t topic, const std::string& value) {
  const EventBatchBuilder event = event_of(value);
  log::FrameDraft draft;
  const auto drafted = log::draft_data_frame(event.columns(), {}, log::CompressionLevel::fast, draft);
  begun_.emplace_back(topic, value);
  auto stamp = log::append_frame(partition, draft, {});
  if (!drafted || !stamp) return complain(fmt::format("an append failed: {}", stamp.error().message));
  const auto durable = log::await_durable(partition, stamp->sequence);
  if (!durable) return complain(fmt::format("an append was not made durable: {}", durable.error().message));
  acknowledged_.push_back({topic, stamp->sequence, stamp->append_time, stamp->first, value});
  check_synced();
  kernel_.aside([&] {
    if (partition.head().durable().end.point.last_sequence < stamp->sequence)
      complain(fmt::format("'{}' was acknowledged and is not published", value));
  });
}

void History::read() {
  const auto reader = attached_[scenario_.reader]->reader();
  for (;;) {
    const auto bound = reader->wait_past(bound_, log::OrderedReader::kNoLimit, stop_.get_token());
    if (!bound && bound.error().code == Errc::interrupted) break;
    if (!bound) return complain(fmt::format("the reader's wait failed: {}", bound.error().message));
    if (!drain(*reader, *bound)) return;
  }
  const auto bound = reader->bound();
  if (!bound) return complain(fmt::format("the reader's bound failed: {}", bound.error().message));
  static_cast<void>(drain(*reader, *bound));
}

bool History::drain(log::OrderedReader& reader, Sequence bound) {
  if (bound < bound_) complain(fmt::format("the bound went back from {} to {}", bound_.value, bound.value));
  bound_ = bound;
  for (;;) {
    const auto batch = reader.next(bound);
    if (!batch) complain(fmt::format("reading failed: {}", batch.error().message));
    if (!batch || !*batch) return batch.has_value();
    const EventBatch& one = **batch;
    delivered_.push_back(
        {one.input, one.sequence, one.append_time, one.first_offset, std::string(as_text(one.columns.values[0]))});
    check_synced();
  }
}

void History::close() {
  const auto over = [this](bool readers) {
    for (std::uint32_t i = 0; i < kScheduled; ++i)
      if (!kernel_.is_over(i) && (i == scenario_.reader) == readers) return false;
    return true;
  };
  const auto nobody_died = [this] {
    for (std::uint32_t i = 0; i < kScheduled; ++i)
      if (kernel_.is_dead(i)) return false;
    return true;
  };
  const std::function<bool()> appended = [&] { return over(false); };
  const std::function<bool()> read = [&] { return over(true); };
  kernel_.scheduler().block(appended, kForEver);
  kernel_.scheduler().block(read, kernel_.scheduler().now() + kNoTimeOut);
  const bool all_read = delivered_.size() == topics_.size() + acknowledged_.size();
  if (nobody_died() && !all_read) complain("the reader was not woken");
  kernel_.scheduler().block(read, kernel_.scheduler().now() + kHelpingTime);
  stop_.request_stop();
}

void History::check_afterwards() {
  const std::function<bool()> all_over = [this] {
    for (std::uint32_t i = 0; i <= kCloser; ++i)
      if (!kernel_.is_over(i)) return false;
    return true;
  };
  kernel_.scheduler().block(all_over, kForEver);
  const auto attached = attach(kNewcomer);
  for (std::uint32_t topic = 0; topic < topics_.size(); ++topic)
    append_one(*attached->partitions[topic], topic, fmt::format("last of {}", topics_[topic].name));
  replayed_ = replay(*attached->reader());
}

std::vector<History::Frame> History::replay(log::OrderedReader& reader) {
  std::vector<Frame> frames;
  const auto bound = reader.bound();
  if (!bound) complain(fmt::format("the replay's bound failed: {}", bound.error().message));
  while (bound) {
    const auto batch = reader.next(*bound);
    if (!batch) complain(fmt::format("the replay failed: {}", batch.error().message));
    if (!batch || !*batch) break;
    const EventBatch& one = **batch;
    frames.push_back(
        {one.input, one.sequence, one.append_time, one.first_offset, std::string(as_text(one.columns.values[0]))});
  }
  return frames;
}

void History::replay_after_restart() {
  const auto directory = log::Directory::open(kRoot, {.seam = &kernel_.seam(kRestarter)});
  if (!directory) return complain(fmt::format("no restart: {}", directory.error().message));
  const auto reader = (*directory)->ordered_reader(topics_);
  if (!reader) return complain(fmt::format("no reader after a restart: {}", reader.error().message));
  if (replay(**reader) != replayed_) complain("a replay after a restart differs");
}

void History::check_synced() {
  kernel_.aside([this] {
    for (const auto& partition : attached_[0]->partitions) {
      const log::PartitionEnd end = partition->head().durable().end;
      const auto file = kernel_.machine().files.find(log::segment_path(partition->place().directory, end.segment));
      if (file == kernel_.machine().files.end()) return complain("the head names a segment that is not there");
      if (file->second->is_unsynced(log::kFirstFramePosition, end.point.position.value))
        complain(fmt::format("{}: published and not synced", partition->place().label));
    }
  });
}

void History::check_order() {
  Frame before;
  std::vector<std::uint64_t> offsets(topics_.size());
  for (const Frame& frame : replayed_) {
    const std::string told = fmt::format("'{}' with sequence {}", frame.value, frame.sequence.value);
    if (frame.sequence <= before.sequence) complain(told + ": sequences do not rise");
    if (frame.append_time < before.append_time) complain(told + ": append times fall");
    if (frame.offset.value != offsets[frame.input]++) complain(fmt::format("{}: offset {}", told, frame.offset.value));
    const auto found = std::ranges::find(begun_, std::pair(frame.input, frame.value));
    if (found == begun_.end())
      complain(told + ": twice, or nobody appended it");
    else
      begun_.erase(found);
    before = frame;
  }
}

void History::check_acknowledged() {
  for (const Frame& frame : acknowledged_)
    if (std::ranges::find(replayed_, frame) == replayed_.end())
      complain(fmt::format("'{}' was acknowledged with sequence {} and offset {} and is not there", frame.value,
                           frame.sequence.value, frame.offset.value));
}

void History::check_delivered() {
  for (std::size_t i = 0; i < delivered_.size(); ++i) {
    if (i < replayed_.size() && delivered_[i] == replayed_[i]) continue;
    return complain(fmt::format("frame {} of the reader is '{}' with sequence {}, that of the replay is '{}' with {}",
                                i + 1, delivered_[i].value, delivered_[i].sequence.value,
                                i < replayed_.size() ? replayed_[i].value : "none",
                                i < replayed_.size() ? replayed_[i].sequence.value : 0));
  }
  const bool lived = !kernel_.is_dead(scenario_.reader);
  if (lived && delivered_.size() + topics_.size() != replayed_.size())
    complain(fmt::format("the reader was given {} frames, and there were {} before the last appends", delivered_.size(),
                         replayed_.size() - topics_.size()));
}

}  // namespace kappa::test
