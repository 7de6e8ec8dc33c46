#pragma once
#include <fmt/format.h>

#include "kappa/replay/compaction.hpp"
#include "kappa/replay/views.hpp"
#include "run_fixture.hpp"

namespace kappa::test {

inline constexpr const char* kKeyed = "CREATE TABLE t (k text, n bigint, PRIMARY KEY (k));";
inline constexpr const char* kUnkeyed = "CREATE TABLE t (k text, n bigint);";
inline const std::string kSum =
    std::string(kKeyed) + "CREATE MATERIALIZED VIEW v AS SELECT count(*) AS c, sum(n) AS s FROM t;";
inline const std::string kUnkeyedSum =
    std::string(kUnkeyed) + "CREATE MATERIALIZED VIEW u AS SELECT sum(n) AS s FROM t;";

inline TextEvent row(const std::string& key, int number) {
  return {key, fmt::format(R"({{"k":"{}","n":{}}})", key, number)};
}

/// A topic t, with or without a keyed table over it.
class CompactionOfInputs : public RunFixture {
 protected:
  void SetUp() override {
    RunFixture::SetUp();
    create_topics({"t"});
  }
  static log::TopicInfo topic(log::Directory& directory) { return directory.catalog().find_topic("t").value().value(); }
  Result<void> set(std::optional<Micros> after) { return replay::set_compaction(*open(), "t", after, compile); }
  Result<replay::CompactReport> compact(bool show = false) {
    std::optional<replay::CompactReport> last;
    auto done = replay::compact(*open(), "t", compile, {.show = show, .roll = true},
                                [&](std::uint32_t, const replay::CompactReport& report) -> Result<void> {
                                  last = report;
                                  return {};
                                });
    if (!done) return propagate(done);
    return *last;
  }
  /// A compaction as another process records it.
  void record_horizon(Sequence through) {
    const auto directory = open();
    const auto id = topic(*directory).id;
    const std::string body = fmt::format(R"({{"id":"{:016x}{:016x}","partition":0,"through":{},"begin":0,"end":1}})",
                                         id.words[0], id.words[1], through.value);
    ASSERT_TRUE(directory->catalog().append({{"topic_compacted", "t", body, {}}}, {}));
  }
  Sequence last_through(const std::string& output) { return commits(output).back().through; }
};

}  // namespace kappa::test
