// Makes those parts of a golden directory that the command does not: many small segments, sealed, and a topic whose
// appender was killed before its last mark.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "directory/log_directory.hpp"
#include "must.hpp"
#include "segment/seal.hpp"

namespace kappa::test {
namespace {

constexpr std::uint64_t kSegmentBytes = 13'600;  ///< A few small frames each.

log::TopicInfo topic_of(log::Directory& directory, const std::string& name) {
  const auto found = must(directory.catalog().find_topic(name));
  return found ? *found : must(directory.create_topic(name, log::TopicKind::user));
}

void append_all(log::Directory& directory, const std::string& name, int count) {
  const auto appender = must(directory.appender(topic_of(directory, name)));
  for (int i = 0; i < count; ++i) {
    const std::string value = fmt::format(R"({{"segmented":{}}})", i);
    static_cast<void>(must(appender->append(event_of(value).columns(), {})));
  }
}

void make_segments(const std::string& path, const std::string& name) {
  log::ProtocolOptions small;
  small.segment_bytes = kSegmentBytes;
  const auto directory = must(log::open_directory(path, {.access = log::Access::read_write, .create = true}, small));
  append_all(*directory, name, 12);
  static_cast<void>(must(log::seal_left_segments(log::real_seam(), path + "/topics/" + name + "/0")));
}

/// Never returns: nothing is closed, and no mark was put.
[[noreturn]] void make_killed(const std::string& path, const std::string& name) {
  log::ProtocolOptions unmarked;
  unmarked.mark_after_quiet = std::chrono::hours(1);
  const auto directory = must(log::open_directory(path, {.access = log::Access::read_write, .create = true}, unmarked));
  append_all(*directory, name, 3);
  ::_exit(0);
}

}  // namespace
}  // namespace kappa::test

int main(int argc, char** argv) {
  const std::string what = argc == 4 ? argv[1] : "";
  if (what == "killed") kappa::test::make_killed(argv[2], argv[3]);
  if (what == "segments") {
    kappa::test::make_segments(argv[2], argv[3]);
    return 0;
  }
  std::fputs("usage: kappa_golden_maker segments|killed DIR TOPIC\n", stderr);
  return 2;
}
