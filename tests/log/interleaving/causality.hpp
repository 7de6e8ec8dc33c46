#pragma once
#include <cstdint>
#include <vector>

namespace kappa::test {

/// What a step touches of the things that processes share. Place 0: nothing.
struct Access {
  std::uint32_t place = 0;
  bool changes = false;
  std::uint64_t begin = 0;  ///< Of a file's bytes; other places are touched as a whole.
  std::uint64_t end = 1;

  [[nodiscard]] bool overlaps(const Access& other) const {
    return place == other.place && place != 0 && begin < other.end && other.begin < end;
  }
  /// Two steps of different processes that do not conflict may change places, and nobody sees a difference.
  [[nodiscard]] bool conflicts(const Access& other) const { return (changes || other.changes) && overlaps(other); }
};

[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t x = a ^ (b + 0x9e3779b97f4a7c15ULL + (a << 6U) + (a >> 2U));
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
}

/// The state of a run as a number: a hash over all steps and the order of those that conflict. Runs with the same
/// number have the same steps, differ at most in the order of steps that do not see each other, and so leave every
/// process and everything shared in the same state (but for virtual time).
class Causality {
 public:
  explicit Causality(std::uint32_t processes) : last_(processes) {}

  void clear();
  void add(std::uint32_t process, const Access& access);
  /// Something that befalls a process without its doing: its death.
  void mark(std::uint32_t process);
  [[nodiscard]] std::uint64_t state() const;

 private:
  struct Touch {
    std::uint64_t begin;
    std::uint64_t end;
    std::uint64_t hash;
  };
  struct Place {
    std::vector<Touch> writes;
    std::vector<Touch> reads;
  };
  std::vector<std::uint64_t> last_;  ///< Of each process: the hash of its last step.
  std::vector<Place> places_;
  std::vector<std::uint32_t> touched_;
};

}  // namespace kappa::test
