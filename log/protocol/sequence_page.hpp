#pragma once
#include "kappa/base/units.hpp"
#include "kappa/log/directory.hpp"
#include "protocol/page_file.hpp"

namespace kappa::log {

/// The place of an append in the one order, drawn in one step.
struct Drawn {
  Sequence sequence;
  Micros append_time = 0;
  Micros clock = 0;  ///< What the clock said; append_time never goes back, the clock may.
};

/// DIR/sequence: the counter of the one order and the words by which processes find each other. A hint: rebuilt from
/// the segments by whoever is alone in the directory. Thread-safe.
class SequencePage {
 public:
  /// Maps the file, making it first where that is allowed.
  [[nodiscard]] static Result<SequencePage> open(Seam& seam, const std::string& path, Access access);

  /// True if the page was written since the machine started, by a process that had recovered the directory.
  [[nodiscard]] bool trusted() const;
  /// True if moreover the start that was begun last has been finished.
  [[nodiscard]] bool started() const;
  [[nodiscard]] const PageFile& file() const { return file_; }
  /// Errc::io that names the directory once it has been removed, or this file of it.
  [[nodiscard]] Result<void> check_in_place() const;
  [[nodiscard]] std::uint64_t incarnation() const { return page().load(kIncarnation); }

  /// The next sequence that will be drawn: every frame that is in a file, or being written, is below it.
  [[nodiscard]] Sequence counter() const { return {page().load(Word<std::uint64_t>{kNext.offset})}; }
  /// Draws a sequence above `above` and an append time that no smaller sequence has exceeded, nor `not_before`.
  [[nodiscard]] Drawn draw(Sequence above, Micros not_before) const;

  /// First step of a cold start: from now on no head is current.
  void begin_incarnation(std::uint64_t incarnation) const;
  /// Last step: draws continue from here.
  void finish_incarnation(Sequence next, Micros last_append_time) const;

  /// Counts creations and deletions of topics.
  [[nodiscard]] std::uint64_t topology() const { return page().load(kTopology); }
  void bump_topology() const { page().fetch_add(kTopology, 1); }

  /// The directory-wide wake-up: read wakeups() first, look, then wait.
  [[nodiscard]] std::uint32_t wakeups() const { return page().load(kWakeups); }
  void wait(std::uint32_t seen, std::chrono::nanoseconds timeout) const { page().wait(kWakeups, seen, timeout); }
  void wake_all() const;
  /// Wakes without a change, for one's own threads (works on a read-only page).
  void nudge() const { page().wake(kWakeups); }

 private:
  static constexpr Word<std::uint64_t> kIncarnation{0};
  static constexpr Word<std::uint64_t> kBoot{8};
  static constexpr Word<std::uint64_t> kStarted{16};  ///< The incarnation, once its start is finished.
  static constexpr WideWord kNext{64};                ///< Next sequence; last append time.
  static constexpr Word<std::uint64_t> kTopology{128};
  static constexpr Word<std::uint32_t> kWakeups{192};

  SequencePage(Seam& seam, PageFile file) : seam_(&seam), file_(std::move(file)) {}
  [[nodiscard]] const SharedPage& page() const { return file_.page(); }

  Seam* seam_;
  PageFile file_;
};

}  // namespace kappa::log
