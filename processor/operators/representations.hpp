#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kappa::processor {

/// Whether an operator's input can take rows away: what is kept of values that are not shown now depends on it.
enum class InputKind : std::uint8_t { append_only, changing };

/// Of each group of equal keys, the identical ones that are present (1.0 and 1.00 are equal): the one with the least
/// row encoding is shown (semantics: "Equality and identity differ").
class Representations {
 public:
  explicit Representations(InputKind input) : input_(input) {}

  /// A change of one representation. `encoded`: its row encoding; `exact`: its key in the exact form.
  void add(std::uint32_t group, std::string_view encoded, std::string_view exact, std::int64_t weight);
  /// The exact key with the least encoding among those present, empty for none. Valid until the next add() or erase().
  [[nodiscard]] std::string_view least(std::uint32_t group) const;
  void erase(std::uint32_t group);
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  struct Entry {
    std::int64_t weight = 0;
    std::string exact;
  };
  using Entries = std::map<std::string, Entry, std::less<>>;
  void forget(Entries& entries, Entries::iterator entry);

  InputKind input_;
  std::vector<Entries> groups_;
  std::size_t bytes_ = 0;
};

}  // namespace kappa::processor
