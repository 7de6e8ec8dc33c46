#pragma once
#include <gtest/gtest.h>
#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "kappa/log/directory.hpp"
#include "kappa/replay/replay.hpp"
#include "kappa/replay/run.hpp"
#include "temporary_directory.hpp"
#include "text_event.hpp"

namespace kappa::test {

/// Compiles SQL to a definition; a failure of the running test where it does not compile.
[[nodiscard]] replay::Definition compiled(const std::string& sql);
/// The same as the callback that a run compares stored definitions with.
[[nodiscard]] Result<replay::Definition> compile(const std::string& sql);

/// A child process. It is killed and reaped, if it is still there, when this ends.
class Child {
 public:
  /// Runs `body` in a fork; its result is the exit status. Fork before the parent opens any directory.
  explicit Child(const std::function<int()>& body);
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child();
  /// The exit status; 128 + signal where a signal ended it.
  int wait();
  /// Waits until it has stopped itself (SIGSTOP) or ended; true if stopped.
  [[nodiscard]] bool wait_stopped();
  void signal(int number) const;
  /// kill -9; true if it was still alive.
  bool kill();

 private:
  pid_t pid_ = -1;
};

/// A fresh data directory, removed at the end, and verbs upon it; each opens and closes the directory by itself, so
/// that children may be forked between any two.
class RunFixture : public ::testing::Test {
 protected:
  void SetUp() override;
  void start_over();

  void create_topics(const std::vector<std::string>& names);
  void create_topic(const std::string& name, std::uint32_t partitions);
  /// In one frame.
  void append(const std::string& topic, const std::vector<TextEvent>& events, std::uint32_t partition = 0);
  [[nodiscard]] std::unique_ptr<log::Directory> open() const;
  [[nodiscard]] Result<replay::RunSummary> run_to_end(const std::string& sql);
  [[nodiscard]] Result<replay::RunSummary> run_to_end(const replay::Definition& definition);
  /// A child that runs the views: to the end, or live until killed.
  [[nodiscard]] Child run_in_child(const std::string& sql, replay::RunUntil until,
                                   std::function<void(const replay::RunNotice&)> notice = {});
  [[nodiscard]] Child run_in_child(const replay::Definition& definition, replay::RunUntil until,
                                   std::function<void(const replay::RunNotice&)> notice = {});
  [[nodiscard]] replay::ReplayStats replay_of(const std::string& sql, const std::string& output);
  [[nodiscard]] replay::ReplayStats replay_of(const replay::Definition& definition, const std::string& output,
                                              std::optional<Sequence> as_of = {});
  [[nodiscard]] std::vector<replay::RecordedCommit> commits(const std::string& output);
  /// Checks everything that must hold between an output's changelog and a replay: the sum of the changelog, and the
  /// fingerprint of every recorded commit.
  void expect_live_equals_replay(const std::string& sql, const std::string& output);
  void expect_live_equals_replay(const replay::Definition& definition, const std::string& output);
  /// The highest to which an input of the definition was compacted.
  [[nodiscard]] static Sequence horizon_of(log::Directory& directory, const replay::Definition& definition);
  void drop_views();

  TemporaryDirectory root_;
  std::filesystem::path directory_;  ///< Made by what opens it first.
};

}  // namespace kappa::test
