#pragma once
#include <string>
#include <vector>

#include "dropped_syncs.hpp"
#include "log_fixture.hpp"
#include "scarce_memory.hpp"

namespace kappa::test {

/// Loses nothing to a loss of power here, so nothing need wait for a device.
class NoSync final : public ForwardingSeam {
 public:
  Result<void> sync_data(const log::File&) override { return {}; }
  Result<void> sync(const log::File&) override { return {}; }
};

/// All that the log does, in steps: each is tried a second time where memory has run out in it.
class EveryStep : public log::LogTest {
 protected:
  /// One pass in which the n-th allocation fails. False: the pass was over before it.
  bool pass(Shortage shortage, std::uint64_t n);
  /// How many allocations a pass makes.
  std::uint64_t allocations();

 private:
  using Strings = std::vector<std::string>;

  /// False, with what went wrong in `told_`, if memory ran out.
  template <typename Work>
  bool attempt(const std::string& name, Work work);
  template <typename Work>
  void step(const std::string& name, Work work);

  void open_directory();
  void append_all();
  void append_repeatedly();
  void read_all();
  void verify_all();
  void trim();
  void commit_as_owner();
  void repack();
  void compact_by_key();
  void delete_one();
  /// As a crash amid an append leaves a partition.
  void tear_and_recover();
  /// What the repair with a backup then heals.
  void damage() const;
  void back_up_and_restore();
  void lose_a_frame();
  void check_what_is_left();
  [[nodiscard]] log::TopicInfo found(const std::string& name, log::TopicKind kind = log::TopicKind::user);

  NoSync seam_;
  std::unique_ptr<log::Directory> directory_;
  Strings acknowledged_;
  Strings uncertain_;  ///< Memory ran out in their append: they may be found, in their place, or not.
};

}  // namespace kappa::test
