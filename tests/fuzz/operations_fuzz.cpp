// Sequences of operations on one partition, decided by the input's bytes: appends, reads, rolls, seals, a moved log
// start, the process's end in order, its death, a loss of power that takes any sectors of what was not synced. What was
// acknowledged is read back, in order, at its offsets; after it stands at most a beginning of what was written and
// never acknowledged.
#include "fuzz.hpp"
#include "kappa/base/event_builder.hpp"
#include "protocol/group_commit.hpp"
#include "protocol/log_start.hpp"
#include "segment/seal.hpp"
#include "sim_log.hpp"

namespace kappa::fuzz {
namespace {

constexpr std::size_t kOperationsMax = 30;
constexpr std::uint64_t kSegmentBytes = 14'000;  // A few frames.
constexpr std::size_t kSectorBytes = 512;

log::ProtocolOptions small_segments() {
  log::ProtocolOptions options;
  options.segment_bytes = kSegmentBytes;
  return options;
}

log::AppendOptions owned_since(std::uint32_t epoch) {
  log::AppendOptions options;
  options.owner_epoch = epoch;
  return options;
}
log::AppendOptions if_ends_at(Offset end) {
  log::AppendOptions options;
  options.expected_end = end;
  return options;
}

class Operations {
 public:
  explicit Operations(Bytes input) : take_(input), log_(small_segments()) {
    log_.make_partition();
    log_.start();
    require(log_.partition() != nullptr, "a partition begins");
  }

  void run() {
    for (std::size_t i = 0; i < kOperationsMax && !take_.at_end(); ++i) step();
    check();
    reopen(nullptr);
  }

 private:
  void step() {
    switch (take_.byte() % 13) {
      case 0:
      case 1:
        return append({});
      case 2:
        return write();
      case 3:
        return await();
      case 4:
        return check();
      case 5:
        return read_from(Offset{take_.byte()});
      case 6:
        return reopen(nullptr);
      case 7:
        return reopen(&Operations::keep_all);
      case 8:
        return reopen(&Operations::lose_power);
      case 9:
        return settle();
      case 10:
        return own();
      case 11:
        return trim();
      default:
        return refuse();
    }
  }

  EventBatchBuilder& draw_events() {
    events_.clear();
    const std::size_t count = 1 + take_.byte() % 3;
    const std::size_t bytes = std::size_t{take_.byte()} * 16;
    for (std::size_t i = 0; i < count; ++i) {
      std::string value = fmt::format("{} ", ++number_);
      for (std::size_t n = value.size(); n < bytes; ++n) value += static_cast<char>('a' + (n * number_) % 23);
      events_.add({kNoTimestamp, {}, as_bytes(value), {}});
      drawn_.push_back(std::move(value));
    }
    return events_;
  }
  std::vector<std::string> take_drawn() { return std::exchange(drawn_, {}); }

  void append(const log::AppendOptions& options) {
    const auto stamp = log_.appender().append(draw_events().columns(), options);
    require(stamp.has_value(), "an append succeeds", stamp ? "" : stamp.error().message);
    acknowledge();
    require(stamp->first.value == acknowledged_.size(), "an append stands behind all others");
    for (std::string& value : take_drawn()) acknowledged_.push_back(std::move(value));
    require(stamp->end.value == acknowledged_.size(), "an append ends behind its events");
  }
  void write() {
    const auto stamp = log_.appender().write(draw_events().columns(), {});
    require(stamp.has_value(), "a write succeeds", stamp ? "" : stamp.error().message);
    for (std::string& value : take_drawn()) written_.push_back(std::move(value));
    last_ = *stamp;
  }
  void await() {
    if (!last_) return;
    require(log_.appender().await_durable(*last_).has_value(), "what was written becomes durable");
    acknowledge();
  }
  /// Whatever was written before something that is durable is durable.
  void acknowledge() {
    for (std::string& value : written_) acknowledged_.push_back(std::move(value));
    written_.clear();
    last_.reset();
  }
  void own() {
    const auto epoch = log_.appender().take_ownership();
    require(epoch.has_value(), "ownership can be taken");
    acknowledge();
    if (*epoch > 1) {
      const auto refused = log_.appender().append(draw_events().columns(), owned_since(*epoch - 1));
      require(!refused && refused.error().code == Errc::conflict, "an owner of before is refused");
      static_cast<void>(take_drawn());
    }
    append(owned_since(*epoch));
  }
  void refuse() {
    const Offset wrong{acknowledged_.size() + written_.size() + 1 + take_.byte()};
    const auto refused = log_.appender().append(draw_events().columns(), if_ends_at(wrong));
    require(!refused && refused.error().code == Errc::conflict, "an append at another end is refused");
    static_cast<void>(take_drawn());
  }
  void settle() {
    require(log::mark_durable_end(*log_.partition()).has_value(), "a mark is written");
    acknowledge();
    const auto sealed = log::seal_left_segments(log_.seam(), log_.partition_directory());
    require(sealed.has_value(), "segments are sealed", sealed ? "" : sealed.error().message);
  }

  /// Keeps what comes from now on.
  void trim() {
    const auto begun = log::begin_segment(*log_.partition());
    require(begun.has_value(), "a segment is begun", begun ? "" : begun.error().message);
    acknowledge();
    const auto moved = log::move_log_start(*log_.partition(), *begun);
    require(moved.has_value(), "the log start moves", moved ? "" : moved.error().message);
    start_ = *begun;
  }

  void read_from(Offset offset) {
    offset = std::max(offset, start_);
    const auto served = log_.read(offset);
    require(!served.error, "reading goes on to the end", served.error ? served.error->message : "");
    const std::size_t skipped = std::min<std::size_t>(offset.value, acknowledged_.size());
    check_values(served.values, std::span(acknowledged_).subspan(skipped), offset);
  }
  void check() {
    read_from({});
    const auto report = log_.verify();
    require(report && report->damages.empty(), "nothing is damaged", report ? "" : report.error().message);
  }
  /// What is served is what was acknowledged, and then a beginning of what was written.
  void check_values(std::span<const std::string> served, std::span<const std::string> acknowledged, Offset from) const {
    require(served.size() >= acknowledged.size(), "nothing that was acknowledged is missing",
            fmt::format("{} of {} from {}", served.size(), acknowledged.size(), from.value));
    require(std::ranges::equal(served.first(acknowledged.size()), acknowledged), "it is what was appended");
    const auto more = served.subspan(acknowledged.size());
    if (from.value > acknowledged_.size()) return;
    require(more.size() <= written_.size() && std::ranges::equal(more, std::span(written_).first(more.size())),
            "nothing is served that was not written");
  }

  using Loss = void (Operations::*)(test::SimMachine&);
  /// Without a loss the process ends in order, else as it stands; what is there afterwards was appended.
  void reopen(Loss loss) {
    if (loss != nullptr) {
      test::SimMachine left = log_.machine().copy();
      (this->*loss)(left);
      log_.die(std::move(left));
    } else {
      log_.stop();
    }
    log_.start();
    require(log_.partition() != nullptr, "a partition comes back");
    const auto served = log_.read(start_);
    require(!served.error, "all of it can be read", served.error ? served.error->message : "");
    check_values(served.values, std::span(acknowledged_).subspan(start_.value), start_);
    acknowledged_.resize(start_.value);
    acknowledged_.insert(acknowledged_.end(), served.values.begin(), served.values.end());
    written_.clear();
    last_.reset();
  }
  void keep_all(test::SimMachine&) {}
  /// Pages of head and counter go back to nothing; of frames that were not synced any sectors are still zeros.
  void lose_power(test::SimMachine& left) {
    std::erase_if(left.files, [](const auto& one) { return !one.first.ends_with(".seg"); });
    for (const auto& [path, file] : left.files) {
      for (const test::SimFile::Write& lost : std::exchange(file->unsynced, {}))
        for (std::uint64_t at = std::max(lost.begin, log::kFirstFramePosition); at < lost.end;) {
          const std::uint64_t end = std::min(lost.end, (at / kSectorBytes + 1) * kSectorBytes);
          const std::vector<std::byte> zeros(end - at);
          if ((take_.byte() & 1U) != 0) file->write(at, zeros);
          at = end;
        }
      file->unsynced.clear();
    }
  }

  FuzzInput take_;
  SimLog log_;
  EventBatchBuilder events_;
  std::vector<std::string> drawn_;
  std::vector<std::string> acknowledged_;
  std::vector<std::string> written_;  ///< After those, and not awaited.
  std::optional<log::Stamp> last_;
  Offset start_;
  std::uint64_t number_ = 0;
};

}  // namespace

void run(Bytes input) {
  Operations(input).run();
}

}  // namespace kappa::fuzz
