// The yardstick is what any reader of JSON in compressed, checked frames must do: find each frame, check its hash,
// decompress it, and parse each event into simdjson's tree, of which it looks at nothing. It takes the frames apart
// with the log's own decoder, straight from the mapped file.
#include <fcntl.h>
#include <fmt/format.h>
#include <simdjson.h>
#include <sys/mman.h>
#include <unistd.h>

#include "figures.hpp"
#include "format/scan.hpp"
#include "format/segment_header.hpp"
#include "replays.hpp"

namespace kappa::bench {
namespace {

/// A whole file, mapped for reading.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path) : bytes_(std::filesystem::file_size(path)) {
    const int id = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    memory_ = ::mmap(nullptr, bytes_, PROT_READ, MAP_SHARED, id, 0);
    ::close(id);
    if (memory_ == MAP_FAILED) give_up({Errc::io, "cannot map " + path.string()});
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile() { ::munmap(memory_, bytes_); }
  [[nodiscard]] Bytes bytes() const { return {static_cast<const std::byte*>(memory_), bytes_}; }

 private:
  std::size_t bytes_;
  void* memory_ = nullptr;
};

/// Parses the events of a segment; returns how many there were.
std::uint64_t parse_segment(Bytes file, log::BodyDecoder& decoder, simdjson::dom::parser& parser) {
  const auto start = log::decode_segment_header(file);
  if (!start) give_up({Errc::corruption, start.error().what});
  log::ChainPoint point = start->chain();
  std::uint64_t events = 0;
  while (const auto frame = log::next_frame(file.subspan(point.position.value), point, start->header.salt)) {
    point = log::after(point, frame->head);
    if (frame->head.header.kind != log::FrameKind::data) continue;
    const auto batch = decoder.decode(frame->head.header, frame->body, frame->head.extension.present_offsets);
    if (!batch) give_up({Errc::corruption, batch.error().what});
    for (std::uint32_t i = 0; i < batch->columns.count; ++i, ++events) {
      const Bytes value = batch->columns.values[i];
      // What lies behind the value is readable, so it need not be copied first.
      if (parser.parse(reinterpret_cast<const char*>(value.data()), value.size(), false).error() != simdjson::SUCCESS)
        give_up({Errc::bad_input, "an event is no JSON"});
    }
  }
  return events;
}

std::uint64_t parse_log(const std::filesystem::path& log) {
  log::BodyDecoder decoder;
  simdjson::dom::parser parser;
  std::uint64_t events = 0;
  for (const auto& entry : std::filesystem::directory_iterator(log / "topics" / "bid" / "0"))
    if (entry.path().extension() == ".seg") events += parse_segment(MappedFile(entry.path()).bytes(), decoder, parser);
  return events;
}

}  // namespace

void filter_replay(const Setup& setup) {
  const auto log = setup.bids();
  const auto directory = open_log(log);
  const auto definition = define(kFilterSql);
  Samples ours, theirs, ratio;
  Replayed replayed;
  for (int run = 0; run <= setup.large_runs; ++run) {
    replayed = replay_once(*directory, definition);
    std::uint64_t parsed = 0;
    const double other = cpu_seconds_of([&] { parsed = parse_log(log); });
    if (parsed != replayed.events)
      give_up({Errc::corruption, fmt::format("{} events parsed, {} replayed", parsed, replayed.events)});
    if (run == 0) continue;  // The warm-up.
    ours.add(replayed.cpu_seconds);
    theirs.add(other);
    ratio.add(other / replayed.cpu_seconds);
  }
  tell("filter replay, bare DOM loop / kappa", ratio.median(), Target::at_least, 0.6, "x");
  const auto events = static_cast<double>(replayed.events);
  explain(fmt::format("CPU: kappa {}, bare loop {}; {:.0f} and {:.0f} ns an event; {} events, {} rows",
                      ours.text(1, "s"), theirs.text(1, "s"), ours.median() / events * 1e9,
                      theirs.median() / events * 1e9, replayed.events, replayed.rows));
}

}  // namespace kappa::bench
