// The counter of the one order. An append draws its sequence and its time in one compare-and-swap of 16 bytes: drawn
// one after the other, times would run against sequences whenever two appenders overtook each other between the two.
// Times are clamped to never go back; the unclamped clock is kept in the frame.
//
// After a crash of the machine the page holds any older state of itself. It is then not trusted (its boot id is not
// the machine's) until a process that is alone has read every tail and moved the counter past everything found there.
#include "protocol/sequence_page.hpp"

#include <algorithm>

#include "fmt/format.h"

namespace kappa::log {

Result<SequencePage> SequencePage::open(Seam& seam, const std::string& path, Access access) {
  auto file = PageFile::open(seam, path, access);
  if (!file) return propagate(file);
  return SequencePage(seam, std::move(*file));
}

bool SequencePage::trusted() const {
  return page().load(kBoot) == seam_->boot_id();
}

bool SequencePage::started() const {
  return trusted() && page().load(kStarted) == incarnation();
}

Result<void> SequencePage::check_in_place() const {
  if (file_.linked()) return {};
  const std::string& path = file_.path();
  return fail(Errc::io,
              fmt::format("the data directory {} was removed (or its file sequence) while it was in use",
                          path.substr(0, path.rfind('/'))),
              "end every process that uses it; put it back from a backup, or begin anew: kappa append TOPIC FILE");
}

Drawn SequencePage::draw(Sequence above, Micros not_before) const {
  Wide expected = page().load_halves(kNext);
  for (;;) {
    const Micros clock = seam_->now();
    const std::uint64_t sequence = std::max(expected.first, above.value + 1);
    const Micros time = std::max({static_cast<Micros>(expected.second), not_before, clock});
    if (page().compare_exchange(kNext, expected, {sequence + 1, static_cast<std::uint64_t>(time)}))
      return {{sequence}, time, clock};
  }
}

void SequencePage::begin_incarnation(std::uint64_t incarnation) const {
  page().store(kIncarnation, incarnation);
}

void SequencePage::finish_incarnation(Sequence next, Micros last_append_time) const {
  // Readers may have been at work since before, with a bound just below the old counter: a counter of this boot never
  // goes back, though nothing may have been written under the last numbers drawn.
  const bool keep = trusted();
  Wide expected = page().load_halves(kNext);
  Wide desired{};
  do {
    desired = {keep ? std::max(next.value, expected.first) : next.value, static_cast<std::uint64_t>(last_append_time)};
    if (keep) desired.second = std::max(desired.second, expected.second);
  } while (!page().compare_exchange(kNext, expected, desired));
  page().store(kBoot, seam_->boot_id());
  page().store(kStarted, incarnation());
}

void SequencePage::wake_all() const {
  page().fetch_add(kWakeups, 1);
  page().wake(kWakeups);
}

}  // namespace kappa::log
