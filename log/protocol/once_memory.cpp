// Two ways to know an event again. By its producer: the n-th event of a named input; each frame says how many of them
// the log has with it, together with a hash chained over those, so another input under the same name is refused instead
// of being passed over. What is given is compared at each of these marks, and behind the last one with the events of
// the frame in which it ends. By an identifier in its value: a hash of 128 bits is kept of each for as long as the
// window reaches.
#include "protocol/once_memory.hpp"

#include <boost/unordered/unordered_flat_map.hpp>
#include <deque>
#include <map>

#include "fmt/format.h"
#include "format/hash.hpp"

namespace kappa::log {
namespace {

/// The hash of all events up to one, from that of those before it.
std::uint64_t chained(std::uint64_t before, const EventColumns& columns, std::size_t i) {
  const std::array<std::uint64_t, 6> facts{before,
                                           static_cast<std::uint64_t>(columns.timestamp(i)),
                                           columns.keys.has(i) ? hash_of(columns.keys[i]) : 0,
                                           columns.values.has(i) ? hash_of(columns.values[i]) : 0,
                                           hash_of(columns.headers[i]),
                                           (columns.keys.has(i) ? 1U : 0U) | (columns.values.has(i) ? 2U : 0U)};
  return hash_of(std::as_bytes(std::span(facts)));
}

class ProducerMemory final : public OnceMemory {
 public:
  explicit ProducerMemory(std::string name)
      : name_(std::move(name)), producer_(std::max<std::uint64_t>(hash_of(as_bytes(name_)), 1)) {}

  Result<void> recall(PartitionReader& reader) override {
    for (;;) {
      auto info = reader.next_info();
      if (!info) return propagate(info);
      if (!*info) return {};
      const auto& mark = (*info)->producer;
      if (mark && mark->producer == producer_)
        appended_[mark->through] = {mark->digest, (*info)->first_offset, (*info)->offset_span};
    }
  }

  Result<Fresh> sift(const EventColumns& columns, PartitionReader& reader, Micros) override {
    Fresh fresh;
    next_ = given_;
    for (std::uint32_t i = 0; i < columns.count; ++i) {
      next_ = {next_.events + 1, chained(next_.digest, columns, i)};
      const auto mark = appended_.find(next_.events);
      if (mark != appended_.end() && mark->second.digest != next_.digest) return other_input();
      if (next_.events > through()) fresh.events.push_back(i);
    }
    // It may be the input's end: then what stands behind the last mark is compared now or never.
    if (next_.events < through() && !appended_.contains(next_.events))
      if (auto same = compare_within(appended_.upper_bound(next_.events), reader); !same) return propagate(same);
    fresh.mark = ProducerMark{producer_, next_.events, next_.digest};
    return fresh;
  }

  void done(const Stamp& stamp) override {
    given_ = next_;
    if (stamp.first == stamp.end) return;
    const auto count = static_cast<std::uint32_t>(stamp.end.value - stamp.first.value);
    appended_[given_.events] = {given_.digest, stamp.first, count};
  }

 private:
  struct Input {
    std::uint64_t events = 0;
    std::uint64_t digest = 0;
  };
  struct Appended {
    std::uint64_t digest = 0;
    Offset first;             ///< Of the frame, whose last event is the one of the mark.
    std::uint32_t count = 0;  ///< Of all its events, also of those that compaction has removed.
  };
  using Marks = std::map<std::uint64_t, Appended>;

  [[nodiscard]] std::uint64_t through() const { return appended_.empty() ? 0 : appended_.rbegin()->first; }

  /// Compares an input that ends within a frame with that frame's events.
  [[nodiscard]] Result<void> compare_within(Marks::const_iterator frame, PartitionReader& reader) const {
    const auto& [mark, appended] = *frame;
    const std::uint64_t begin = mark - appended.count;
    const auto before = appended_.find(begin);
    if (begin != 0 && before == appended_.end())
      return fail(Errc::conflict,
                  fmt::format("the producer '{}' has appended more than these {} events, and what it began with is not "
                              "there to be compared",
                              name_, next_.events),
                  "another input needs another name");
    if (auto placed = reader.seek(appended.first); !placed) return placed;
    auto batch = reader.next();
    if (!batch) return propagate(batch);
    std::uint64_t digest = begin == 0 ? 0 : before->second.digest;
    const std::uint64_t count = next_.events - begin;
    if (!*batch || (*batch)->first_offset != appended.first || (*batch)->offset_span < count) return other_input();
    if ((*batch)->columns.count < (*batch)->offset_span)
      return fail(
          Errc::conflict,
          fmt::format("the producer '{}' has appended more than these {} events, and compaction has removed some "
                      "with which they would have to be compared",
                      name_, next_.events),
          "nothing was appended; give it the input that it had, or more of it");
    for (std::size_t i = 0; i < count; ++i) digest = chained(digest, (*batch)->columns, i);
    return digest == next_.digest ? Result<void>{} : other_input();
  }

  [[nodiscard]] std::unexpected<Error> other_input() const {
    return fail(Errc::conflict,
                fmt::format("these are not the events that the producer '{}' has appended before", name_),
                "an append is repeated with the same input from its beginning; another input needs another name");
  }

  const std::string name_;
  const std::uint64_t producer_;
  Marks appended_;  ///< What the log has, by how many events of the input it is.
  Input given_;     ///< What has been given here.
  Input next_;      ///< The same with the batch sifted last.
};

class IdMemory final : public OnceMemory {
 public:
  IdMemory(OnceById by, std::optional<Micros> window) : by_(std::move(by)), window_(window) {}

  Result<void> recall(PartitionReader& reader) override {
    for (;;) {
      auto batch = reader.next();
      if (!batch) return propagate(batch);
      if (!*batch) return {};
      if ((*batch)->columns.count < (*batch)->offset_span) forgotten_ = (*batch)->append_time;
      for (std::uint32_t i = 0; i < (*batch)->columns.count; ++i)
        if (const auto id = id_of((*batch)->columns, i)) remember(*id, (*batch)->append_time);
    }
  }

  Result<Fresh> sift(const EventColumns& columns, PartitionReader&, Micros now) override {
    Fresh fresh;
    sifted_.clear();
    // What is gone cannot be known again, and must not be appended again.
    if (forgotten_ && (!window_ || *forgotten_ >= now - *window_))
      return fail(Errc::conflict,
                  fmt::format("compaction has removed events that were appended up to {} s ago, and with them their "
                              "identifiers: an append that is repeated would not be known",
                              std::max<Micros>(now - *forgotten_, 0) / 1'000'000),
                  "a window that does not reach that far knows all of its events: kappa append --window");
    forget(now);
    for (std::uint32_t i = 0; i < columns.count; ++i) {
      const auto id = id_of(columns, i);
      if (!id) return fail(Errc::bad_input, fmt::format("event {} of the append has no identifier", i));
      if (known_.contains(*id) || !sifted_.emplace(*id, 0).second) continue;
      fresh.events.push_back(i);
    }
    return fresh;
  }

  void done(const Stamp& stamp) override {
    for (const auto& [id, unused] : sifted_) remember(id, stamp.append_time);
    sifted_.clear();
  }

 private:
  struct Id {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    friend bool operator==(const Id&, const Id&) = default;
    friend std::size_t hash_value(const Id& id) { return id.low; }
  };

  [[nodiscard]] std::optional<Id> id_of(const EventColumns& columns, std::size_t i) const {
    if (!columns.values.has(i)) return std::nullopt;
    const auto text = by_.id_of(columns.values[i]);
    if (!text) return std::nullopt;
    const auto hash = XXH3_128bits(text->data(), text->size());
    return Id{hash.low64, hash.high64};
  }

  void remember(const Id& id, Micros append_time) {
    known_[id] = append_time;
    if (window_) by_age_.emplace_back(append_time, id);
  }

  /// Forgets what the window has passed.
  void forget(Micros now) {
    for (; !by_age_.empty() && by_age_.front().first < now - *window_; by_age_.pop_front()) {
      const auto [time, old] = by_age_.front();
      const auto found = known_.find(old);
      if (found != known_.end() && found->second == time) known_.erase(found);
    }
  }

  const OnceById by_;
  const std::optional<Micros> window_;
  std::optional<Micros> forgotten_;  ///< When the newest append was made that has lost events.
  boost::unordered_flat_map<Id, Micros> known_;
  std::deque<std::pair<Micros, Id>> by_age_;
  boost::unordered_flat_map<Id, Micros> sifted_;
};

}  // namespace

std::unique_ptr<OnceMemory> make_once_memory(OnceOptions options) {
  if (auto* by_producer = std::get_if<OnceByProducer>(&options.by))
    return std::make_unique<ProducerMemory>(std::move(by_producer->producer));
  return std::make_unique<IdMemory>(std::move(std::get<OnceById>(options.by)), options.window);
}

}  // namespace kappa::log
