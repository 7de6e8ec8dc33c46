#include "sim_log.hpp"

#include "directory/cold_start.hpp"
#include "fuzz.hpp"
#include "segment/verify_segments.hpp"

namespace kappa::fuzz {
namespace {

const log::Layout kLayout{"/log"};

template <typename T>
T must(Result<T> result) {
  require(result.has_value(), "a machine without faults does as it is told", result ? "" : result.error().message);
  return std::move(*result);
}

}  // namespace

SimLog::SimLog(const log::ProtocolOptions& options)
    : options_(options), place_{kLayout.partition("t", 0), "t/0", kTopic, log::TopicKind::user, 0} {
  for (const std::string& path : {kLayout.root, kLayout.topics(), kLayout.topic("t"), place_.directory})
    machine().directories.insert(path);
}
SimLog::~SimLog() = default;

void SimLog::make_partition() {
  Open open(seam(), must(log::SequencePage::open(seam(), kLayout.sequence_file(), log::Access::read_write)), options_);
  const auto made = log::create_partition(open.environment, place_);
  require(made.has_value(), "a partition is made");
}

void SimLog::start() {
  auto page = must(log::SequencePage::open(seam(), kLayout.sequence_file(), log::Access::read_write));
  open_ = std::make_unique<Open>(seam(), std::move(page), options_);
  // A segment that a newer version wrote is refused here, before anything is written.
  if (!log::cold_start(open_->environment, kLayout)) return;
  auto partition = log::Partition::open(open_->environment, place_);
  if (!partition) return;
  open_->partition = std::move(*partition);
  open_->appender = std::make_unique<log::PartitionAppender>(open_->partition);
}

void SimLog::stop() {
  open_.reset();
}

void SimLog::die(test::SimMachine left) {
  open_.reset();
  kernel_.reset(std::move(left));
}

std::shared_ptr<log::Partition> SimLog::partition() const {
  const bool usable = open_->partition && open_->partition->current();
  return usable ? open_->partition : nullptr;
}

Result<log::VerifyReport> SimLog::verify() {
  log::ExpectedPartition expected;
  expected.directory = place_.directory;
  expected.topic = kTopic;
  if (partition()) {
    const log::ChainPoint end = partition()->head().durable().end.point;
    expected.last_durable = end.last_sequence;
    expected.log_start = end.log_start;
  }
  return log::verify_segments(seam(), expected, {});
}

SimLog::Served SimLog::read(Offset from) {
  Served served;
  log::LogPartitionReader reader(partition());
  if (const auto moved = reader.seek(from); !moved) served.error = moved.error();
  while (!served.error) {
    const auto batch = reader.next();
    if (!batch) served.error = batch.error();
    if (!batch || !*batch) break;
    const EventColumns& columns = (*batch)->columns;
    for (std::size_t i = 0; i < columns.count; ++i)
      if ((*batch)->offset(i) >= from) served.values.emplace_back(as_text(columns.values[i]));
  }
  return served;
}

}  // namespace kappa::fuzz
