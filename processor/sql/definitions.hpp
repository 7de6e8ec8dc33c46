#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "plan_builder.hpp"

namespace kappa::sql {

/// A table or view of the file, and what FROM gets for its name: a scan, or an inlined view's plan.
struct Definition {
  std::string name;
  Relation relation;
  std::string_view text;       ///< The statement as written; a view into the source.
  std::set<std::size_t> uses;  ///< All definitions that it needs, directly or not, by index.
};

/// What the file has defined so far, in its order.
class Definitions {
 public:
  [[nodiscard]] const std::vector<Definition>& all() const { return all_; }
  void add(Definition definition) { all_.push_back(std::move(definition)); }

  /// The index of the definition that FROM or tumble names at `place`; refuses unknown names with the nearest known.
  [[nodiscard]] std::size_t resolve(const Source& source, std::string_view name, int place) const;
  /// Refuses a name that is taken.
  void check_new(const Source& source, std::string_view name, int place) const;
  /// The statements of these definitions in the order of the file, then `last`.
  [[nodiscard]] std::string text_of(const std::set<std::size_t>& indexes, std::string_view last) const;
  /// `direct` and all that they use.
  [[nodiscard]] std::set<std::size_t> closure(const std::set<std::size_t>& direct) const;

 private:
  std::vector<Definition> all_;
};

}  // namespace kappa::sql
