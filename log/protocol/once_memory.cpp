// Two ways to know an event again. By its producer: the n-th event of a named input; each frame says how many of them
// the log has with it, together with a hash chained over those, so another input under the same name is refused instead
// of losing its first events. By an identifier in its value: a hash of 128 bits is kept of each for as long as the
// window reaches.
#include "protocol/once_memory.hpp"

#include <boost/unordered/unordered_flat_map.hpp>
#include <deque>

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
      if (mark && mark->producer == producer_) appended_ = {mark->through, mark->digest};
    }
  }

  Result<Fresh> sift(const EventColumns& columns) override {
    Fresh fresh;
    next_ = given_;
    if (!is_same_input(next_)) return other_input();
    for (std::uint32_t i = 0; i < columns.count; ++i) {
      next_ = {next_.events + 1, chained(next_.digest, columns, i)};
      if (!is_same_input(next_)) return other_input();
      if (next_.events > appended_.events) fresh.events.push_back(i);
    }
    fresh.mark = ProducerMark{producer_, next_.events, next_.digest};
    return fresh;
  }

  void done(Micros) override {
    given_ = next_;
    if (given_.events > appended_.events) appended_ = given_;
  }

 private:
  struct Input {
    std::uint64_t events = 0;
    std::uint64_t digest = 0;
  };
  [[nodiscard]] bool is_same_input(const Input& input) const {
    return input.events != appended_.events || input.digest == appended_.digest;
  }
  [[nodiscard]] std::unexpected<Error> other_input() const {
    return fail(
        Errc::conflict,
        fmt::format("the first {} events are not those that the producer '{}' has appended", appended_.events, name_),
        "an append is repeated with the same input from its beginning; another input needs another name");
  }

  const std::string name_;
  const std::uint64_t producer_;
  Input appended_;  ///< What the log has.
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
      for (std::uint32_t i = 0; i < (*batch)->columns.count; ++i)
        if (const auto id = id_of((*batch)->columns, i)) remember(*id, (*batch)->append_time);
    }
  }

  Result<Fresh> sift(const EventColumns& columns) override {
    Fresh fresh;
    sifted_.clear();
    for (std::uint32_t i = 0; i < columns.count; ++i) {
      const auto id = id_of(columns, i);
      if (!id) return fail(Errc::bad_input, fmt::format("event {} of the append has no identifier", i));
      if (known_.contains(*id) || !sifted_.emplace(*id, 0).second) continue;
      fresh.events.push_back(i);
    }
    return fresh;
  }

  void done(Micros append_time) override {
    for (const auto& [id, unused] : sifted_) remember(id, append_time);
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

  /// Remembers an identifier, and forgets those that the window has passed.
  void remember(const Id& id, Micros append_time) {
    known_[id] = append_time;
    if (!window_) return;
    by_age_.emplace_back(append_time, id);
    for (; by_age_.front().first < append_time - *window_; by_age_.pop_front()) {
      const auto [time, old] = by_age_.front();
      const auto found = known_.find(old);
      if (found != known_.end() && found->second == time) known_.erase(found);
    }
  }

  const OnceById by_;
  const std::optional<Micros> window_;
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
