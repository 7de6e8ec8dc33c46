#include "run_fixture.hpp"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

#include "bound_fork.hpp"
#include "kappa/replay/views.hpp"
#include "kappa/sql/compile.hpp"

namespace kappa::test {

Result<replay::Definition> compile(const std::string& sql) {
  auto program = sql::compile(sql, "test.sql");
  if (!program) return propagate(program);
  return replay::define(std::move(program->program), sql);
}

replay::Definition compiled(const std::string& sql) {
  auto definition = compile(sql);
  if (!definition) ADD_FAILURE() << definition.error().message << "\n" << definition.error().detail << "\n" << sql;
  return definition ? std::move(*definition) : replay::Definition{};
}

Child::Child(const std::function<int()>& body) : pid_(bound_fork(body)) {}
Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
Child::~Child() {
  kill();
}
int Child::wait() {
  int status = 0;
  if (pid_ < 0 || waitpid(std::exchange(pid_, -1), &status, 0) < 0) return -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
bool Child::wait_stopped() {
  int status = 0;
  if (pid_ < 0 || waitpid(pid_, &status, WUNTRACED) < 0) return false;
  if (WIFSTOPPED(status)) return true;
  pid_ = -1;
  return false;
}
void Child::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}
bool Child::kill() {
  if (pid_ < 0) return false;
  signal(SIGKILL);
  return wait() == 128 + SIGKILL;
}

void RunFixture::SetUp() {
  directory_ = root_.path() / "data";
}
void RunFixture::start_over() {
  std::filesystem::remove_all(directory_);
}

std::unique_ptr<log::Directory> RunFixture::open() const {
  auto opened = log::Directory::open(directory_, {.access = log::Access::read_write, .create = true});
  if (!opened) ADD_FAILURE() << opened.error().message;
  return opened ? std::move(*opened) : nullptr;
}

void RunFixture::create_topics(const std::vector<std::string>& names) {
  for (const std::string& name : names) create_topic(name, 1);
}

void RunFixture::create_topic(const std::string& name, std::uint32_t partitions) {
  const auto created = open()->create_topic(name, log::TopicKind::user, partitions);
  ASSERT_TRUE(created) << created.error().message;
}

void RunFixture::append(const std::string& topic, const std::vector<TextEvent>& events, std::uint32_t partition) {
  const auto directory = open();
  const auto found = directory->catalog().find_topic(topic);
  ASSERT_TRUE(found && *found);
  const auto appender = directory->appender(**found, partition);
  ASSERT_TRUE(appender) << appender.error().message;
  EventBatchBuilder batch;
  for (const TextEvent& event : events) batch.add(event.view());
  const auto appended = (*appender)->append(batch.columns());
  ASSERT_TRUE(appended) << appended.error().message;
}

Result<replay::RunSummary> RunFixture::run_to_end(const std::string& sql) {
  return run_to_end(compiled(sql));
}

Result<replay::RunSummary> RunFixture::run_to_end(const replay::Definition& definition) {
  const auto directory = open();
  return replay::run(*directory, definition, {.until = replay::RunUntil::end, .stop = {}, .compile = compile});
}

Child RunFixture::run_in_child(const std::string& sql, replay::RunUntil until,
                               std::function<void(const replay::RunNotice&)> notice) {
  return run_in_child(compiled(sql), until, std::move(notice));
}

Child RunFixture::run_in_child(const replay::Definition& definition, replay::RunUntil until,
                               std::function<void(const replay::RunNotice&)> notice) {
  return Child([this, &definition, until, notice = std::move(notice)] {
    const auto directory = open();
    const auto ran = replay::run(*directory, definition, {until, {}, compile, notice});
    return ran ? 0 : static_cast<int>(ran.error().code);
  });
}

replay::ReplayStats RunFixture::replay_of(const std::string& sql, const std::string& output) {
  return replay_of(compiled(sql), output);
}

replay::ReplayStats RunFixture::replay_of(const replay::Definition& definition, const std::string& output,
                                          std::optional<Sequence> as_of) {
  const auto directory = open();
  const auto ignore = [](const processor::Batch&) -> Result<void> { return {}; };
  const auto replayed = replay::replay(*directory, definition, {.output = output, .as_of = as_of}, ignore);
  if (!replayed) ADD_FAILURE() << replayed.error().message;
  return replayed ? *replayed : replay::ReplayStats{};
}

std::vector<replay::RecordedCommit> RunFixture::commits(const std::string& output) {
  const auto directory = open();
  auto recorded = replay::recorded_commits(*directory, output);
  if (!recorded) ADD_FAILURE() << recorded.error().message;
  return recorded ? std::move(*recorded) : std::vector<replay::RecordedCommit>{};
}

void RunFixture::expect_live_equals_replay(const std::string& sql, const std::string& output) {
  SCOPED_TRACE(sql);
  expect_live_equals_replay(compiled(sql), output);
}

Sequence RunFixture::horizon_of(log::Directory& directory, const replay::Definition& definition) {
  Sequence horizon;
  for (const replay::TableSpec& table : definition.tables)
    if (const auto topic = directory.catalog().find_topic(table.topic).value())
      horizon = std::max(horizon, topic->compacted_through);
  return horizon;
}

void RunFixture::expect_live_equals_replay(const replay::Definition& definition, const std::string& output) {
  const replay::ReplayStats replayed = replay_of(definition, output);
  const std::vector<replay::RecordedCommit> recorded = commits(output);
  const auto directory = open();
  const bool is_errors = definition.find(output) == nullptr;
  const replay::ViewSpec spec =
      is_errors ? replay::errors_spec(output.substr(0, output.size() - 7)) : *definition.find(output);
  const auto summed = replay::read_contents(*directory, spec, {}, [](const auto&) -> Result<void> { return {}; });
  ASSERT_TRUE(summed) << summed.error().message;
  EXPECT_EQ(to_text((*summed)->fingerprint), to_text(replayed.fingerprint)) << output;

  // What a view was before its inputs were compacted, is not in the log any more.
  const Sequence horizon = horizon_of(*directory, definition);
  std::vector<Sequence> positions;
  for (const auto& commit : recorded)
    if (commit.through >= horizon) positions.push_back(commit.through);
  EXPECT_TRUE(recorded.empty() || !positions.empty()) << output << " has no commit at or above " << horizon.value;
  const auto computed = replay::fingerprints_at(*directory, definition, output, positions);
  ASSERT_TRUE(computed) << computed.error().message;
  for (const auto& commit : recorded) {
    if (commit.through < horizon) continue;
    EXPECT_EQ(to_text(commit.fingerprint), to_text(computed->at(commit.through)))
        << output << " through " << commit.through.value;
  }
}

void RunFixture::drop_views() {
  const auto directory = open();
  const auto views = replay::list_views(*directory);
  ASSERT_TRUE(views);
  for (const auto& view : *views) ASSERT_TRUE(replay::drop_view(*directory, view.name));
}

}  // namespace kappa::test
