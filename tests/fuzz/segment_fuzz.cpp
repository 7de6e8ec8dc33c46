// The files of a partition through recovery, opening, reading, verifying. Most bytes of a segment are zeros, and
// nothing random passes a hash; so an input is a list of instructions that make segments: frames, marks, rolls, seals,
// and whatever can be wrong with them. What is served is a beginning of what was appended, unless hashes were made to
// fit over other contents; opening once more says the same; where damage is told, no segment was written to.
#include "format/footer.hpp"
#include "format/hash.hpp"
#include "fuzz.hpp"
#include "kappa/base/event_builder.hpp"
#include "protocol/segment_file.hpp"
#include "sim_log.hpp"

namespace kappa::fuzz {
namespace {

using namespace log;

constexpr std::size_t kInstructionsMax = 60;
using Image = std::vector<std::byte>;

/// Segments in the making.
class Segments {
 public:
  explicit Segments(FuzzInput& take) : take_(take) { begin(header_after(nullptr)); }

  void make() {
    for (std::size_t i = 0; i < kInstructionsMax && !take_.at_end(); ++i) step();
  }
  void put(test::SimMachine& machine, const std::string& directory) {
    for (auto& segment : segments_) {
      segment.bytes.resize(std::max(segment.bytes.size(), segment.least));
      const auto file = machine.make_file(segment_path(directory, segment.start.header.base_offset));
      file->write(0, segment.bytes);
      file->size = segment.bytes.size();
      file->unsynced.clear();
    }
  }
  [[nodiscard]] const std::vector<std::string>& values() const { return values_; }
  /// Whether everything is as an appender leaves it.
  [[nodiscard]] bool is_whole() const { return !damaged_ && !forged_; }
  /// Whether some hash covers what no appender wrote.
  [[nodiscard]] bool is_forged() const { return forged_; }

 private:
  struct Segment {
    SegmentStart start;
    Image bytes;
    std::size_t least = kUnsealedBytesMin;  ///< Size of the file.
    std::uint64_t marks = 0;
    std::size_t last_frame = 0;
  };
  [[nodiscard]] Segment& last() { return segments_.back(); }

  void step() {
    switch (take_.byte() % 12) {
      case 0:
      case 1:
        return append();
      case 2:
        return mark();
      case 3:
        return roll();
      case 4:
        return own();
      case 5:
        return invert();
      case 6:
        return cut();
      case 7:
        return litter();
      case 8:
        return forge_frame();
      case 9:
        return forge_header();
      case 10:
        return forge_mark();
      default:
        return tear();
    }
  }

  SegmentHeader header_after(const Segment* before) const {
    SegmentHeader header;
    header.topic = SimLog::kTopic;
    header.directory = SimLog::kDirectory;
    header.salt = 0x5A17 + segments_.size();
    if (before == nullptr) return header;
    header.base_offset = end_.next_offset;
    header.previous_base = before->start.header.base_offset;
    header.previous_salt = before->start.header.salt;
    header.previous_end = end_.position;
    header.previous_chain = end_.chain;
    header.previous_last_sequence = end_.last_sequence;
    header.previous_last_append_time = end_.last_append_time;
    header.owner_epoch = end_.owner_epoch;
    header.log_start = end_.log_start;
    return header;
  }
  void begin(const SegmentHeader& header) {
    const Block block = encode_segment_header(header);
    Segment segment{*decode_segment_header(block), Image(kFirstFramePosition)};
    std::ranges::copy(block, segment.bytes.begin());
    end_ = segment.start.chain();
    durable_ = end_.position;
    footer_.emplace(segment.start);
    segments_.push_back(std::move(segment));
  }

  void put_frame(FrameDraft& draft) {
    const std::uint8_t how = take_.byte();
    if ((how & 1U) != 0) durable_ = end_.position;  // Everything before was synced, as is the case mostly.
    const Micros time = end_.last_append_time + 1 + (how >> 4U);
    const FrameHeader header =
        seal_frame(draft, {last().start.header.salt, end_.position, end_.next_offset,
                           end_.last_sequence.plus(1U + (how >> 6U)), time, time, durable_, end_.chain});
    last().last_frame = end_.position.value;
    Image& bytes = last().bytes;
    bytes.resize(end_.position.value);
    const Bytes body = draft.body.padded();
    bytes.insert(bytes.end(), draft.head.begin(), draft.head.end());
    bytes.insert(bytes.end(), body.begin(), body.end());
    const auto head = read_head(Bytes(bytes).subspan(header.position.value), header.position, header.salt);
    require(head.has_value(), "a frame that was sealed can be read");
    end_ = after(end_, *head);
    footer_->add(*head);
  }
  void append() {
    EventBatchBuilder events;
    const std::size_t count = 1 + take_.byte() % 3;
    for (std::size_t i = 0; i < count; ++i) {
      std::string value = fmt::format("{} ", values_.size());
      value.append(std::size_t{take_.byte()} * 4, 'v');
      events.add({kNoTimestamp, {}, as_bytes(value), {}});
      values_.push_back(std::move(value));
    }
    FrameDraft draft;
    require(draft_data_frame(events.columns(), {}, CompressionLevel::fast, draft).has_value(), "events make a frame");
    put_frame(draft);
  }
  void own() {
    FrameDraft draft;
    draft_owner_epoch_frame(end_.owner_epoch + 1, draft);
    put_frame(draft);
  }
  void put_mark(const MarkBytes& mark) {
    const Position at = mark_position(last().marks);
    if (last().bytes.size() < kFirstFramePosition) return;
    std::ranges::copy(mark, last().bytes.begin() + static_cast<std::ptrdiff_t>(at.value));
  }
  void mark() {
    durable_ = end_.position;
    put_mark(encode_mark({++last().marks, end_}, last().start.header.salt));
  }
  void roll() {
    if (end_.next_offset == last().start.header.base_offset || segments_.size() > 4) return;
    const SegmentHeader successor = header_after(&last());
    last().bytes.resize(std::max<std::size_t>(end_.position.value, kFirstFramePosition));
    if ((take_.byte() & 1U) != 0) {
      const auto footer = encode_footer(footer_->finish());
      last().bytes.insert(last().bytes.end(), footer.begin(), footer.end());
      last().least = 0;
    }
    begin(successor);
  }

  // What can be wrong.

  [[nodiscard]] Segment& any() { return segments_[take_.byte() % segments_.size()]; }
  void invert() {
    Image& bytes = any().bytes;
    if (bytes.empty()) return;
    const std::size_t at = take_.take<std::uint16_t>() % bytes.size();
    bytes[at] ^= static_cast<std::byte>(take_.byte() | 1U);
    damaged_ = true;
  }
  void cut() {
    Segment& segment = any();
    segment.bytes.resize(take_.take<std::uint16_t>() % (segment.bytes.size() + 1));
    segment.least = (take_.byte() & 1U) != 0 ? 0 : segment.least;
    damaged_ = true;
  }
  void litter() {
    const Bytes bytes = take_.take_bytes(take_.byte());
    last().bytes.insert(last().bytes.end(), bytes.begin(), bytes.end());
    damaged_ = true;
  }
  /// The last frame once more, in its own place as if it had been written in part.
  void tear() {
    Segment& segment = last();
    if (segment.last_frame == 0 || segment.last_frame > segment.bytes.size()) return;
    const std::size_t bytes = segment.bytes.size() - segment.last_frame;
    segment.bytes.resize(segment.last_frame + take_.take<std::uint16_t>() % (bytes + 1));
    damaged_ = true;
  }
  void forge_frame() {
    Segment& segment = last();
    if (segment.last_frame == 0 || segment.bytes.size() < segment.last_frame + kFrameHeaderBytes) return;
    std::byte* const frame = segment.bytes.data() + segment.last_frame;
    const std::size_t at = take_.byte() % (kFrameHeaderBytes / 8 - 1) * 8;
    store(frame + at, forged(load<std::uint64_t>(frame + at)));
    auto header = load<FrameHeader>(frame);
    header.header_hash = 0;
    if (header.header_length > segment.bytes.size() - segment.last_frame) return;
    store(frame, header);
    header.header_hash = hash_of(Bytes(frame, header.header_length));
    store(frame, header);
    end_.chain = header.header_hash;
  }
  void forge_header() {
    Segment& segment = any();
    if (segment.bytes.size() < kBlockBytes) return;
    const std::size_t at = take_.byte() % (kSegmentHeaderBytes / 8) * 8;
    store(segment.bytes.data() + at, forged(load<std::uint64_t>(segment.bytes.data() + at)));
    store(segment.bytes.data() + kSegmentHeaderHashPosition,
          hash_of(Bytes(segment.bytes).first(kSegmentHeaderHashPosition)));
  }
  void forge_mark() {
    ++last().marks;
    MarkBytes mark = encode_mark({last().marks, end_}, last().start.header.salt);
    const std::size_t at = take_.byte() % (kMarkBytes / 8 - 1) * 8;
    store(mark.data() + at, forged(load<std::uint64_t>(mark.data() + at)));
    store(mark.data() + offsetof(StoredMark, hash), hash_of(Bytes(mark).first(offsetof(StoredMark, hash))));
    put_mark(mark);
  }
  [[nodiscard]] std::uint64_t forged(std::uint64_t value) {
    forged_ = true;
    const std::uint8_t how = take_.byte();
    if (how == 255) return take_.take<std::uint64_t>();
    return (how & 128U) != 0 ? value ^ (std::uint64_t{1} << (how & 63U)) : value + (how & 127U) - 64;
  }

  FuzzInput& take_;
  std::vector<Segment> segments_;
  ChainPoint end_;
  Position durable_;
  std::optional<FooterBuilder> footer_;
  std::vector<std::string> values_;
  bool damaged_ = false;
  bool forged_ = false;
};

std::map<std::string, Image> segment_bytes(const test::SimMachine& machine) {
  std::map<std::string, Image> bytes;
  for (const auto& [path, file] : machine.files) {
    if (!path.ends_with(".seg")) continue;
    Image& image = bytes[path];
    image.resize(file->size);
    file->read(0, image);
  }
  return bytes;
}

void check_served(const Segments& segments, const SimLog::Served& served) {
  if (segments.is_forged()) return;
  const auto& values = segments.values();
  require(
      served.values.size() <= values.size() && std::equal(served.values.begin(), served.values.end(), values.begin()),
      "what is served is a beginning of what was appended");
  if (!segments.is_whole()) return;
  require(!served.error, "whole segments are read", served.error ? served.error->message : "");
  require(served.values.size() == values.size(), "whole segments are read to their end");
}

/// Opens, and says all there is.
std::optional<SimLog::Served> open_and_read(SimLog& log, const Segments& segments) {
  const auto before = segment_bytes(log.machine());
  log.start();
  const auto report = log.verify();
  if (segments.is_whole()) require(report && report->damages.empty(), "whole segments have no damage");
  if (!log.partition()) {
    require(!segments.is_whole(), "whole segments are no damage");
    require(segment_bytes(log.machine()) == before, "damaged segments are not written to");
    return std::nullopt;
  }
  auto served = log.read();
  check_served(segments, served);
  for (const std::uint64_t offset : {1ULL, 3ULL}) static_cast<void>(log.read(Offset{offset}));
  return served;
}

void append_one(SimLog& log, const Segments& segments, const SimLog::Served& served) {
  EventBatchBuilder events;
  events.add({kNoTimestamp, {}, as_bytes("one more"), {}});
  const auto stamp = log.appender().append(events.columns());
  if (!stamp || served.error || segments.is_forged()) return;
  const auto after = log.read();
  require(!after.error, "what was appended can be read", after.error ? after.error->message : "");
  require(after.values.size() == served.values.size() + 1 && after.values.back() == "one more",
          "what is appended is served after what there was",
          fmt::format("{} and then {} values", served.values.size(), after.values.size()));
}

}  // namespace

void run(Bytes input) {
  FuzzInput take(input);
  SimLog log({});
  Segments segments(take);
  segments.make();
  segments.put(log.machine(), log.partition_directory());
  const auto first = open_and_read(log, segments);
  log.stop();
  const auto second = open_and_read(log, segments);
  // What was forged may contradict itself, and the mark that recovery writes then says another thing.
  require(segments.is_forged() || first.has_value() == second.has_value(), "opening twice says the same");
  if (first && second) {
    require(segments.is_forged() ||
                (first->values == second->values && first->error.has_value() == second->error.has_value()),
            "reading twice says the same");
    append_one(log, segments, *second);
  }
  log.stop();
}

}  // namespace kappa::fuzz
