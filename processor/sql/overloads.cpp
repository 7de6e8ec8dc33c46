// The choice of an overload, as PostgreSQL makes it (func_match_argtypes and func_select_candidate): an exact match
// wins; else those that implicit casts can reach compete, first by exact matches, then by preferred types, then the
// literals of unknown type are given the category that all candidates share, text where one takes text. Each step
// keeps the candidates it likes best, and never none.
#include "overloads.hpp"

#include <algorithm>
#include <expected>
#include <functional>
#include <optional>

namespace kappa::sql {
namespace {

using Candidates = std::vector<const Signature*>;
using Kinds = std::span<const Kind>;

[[nodiscard]] bool is_exact(const Signature& candidate, Kinds args) {
  return candidate.arity == args.size() && std::equal(args.begin(), args.end(), candidate.args.begin());
}

[[nodiscard]] bool is_reachable(const Signature& candidate, Kinds args) {
  return candidate.arity == args.size() &&
         std::equal(args.begin(), args.end(), candidate.args.begin(), casts_implicitly);
}

/// The candidates with the most known arguments that `counts` accepts.
template <typename Counts>
[[nodiscard]] Candidates keep_best(const Candidates& candidates, Kinds args, Counts counts) {
  Candidates best;
  std::ptrdiff_t most = -1;
  for (const Signature* candidate : candidates) {
    std::ptrdiff_t matches = 0;
    for (std::size_t i = 0; i < args.size(); ++i)
      if (args[i] != Kind::unknown && counts(args[i], candidate->args[i])) ++matches;
    if (matches > most) best.clear(), most = matches;
    if (matches == most) best.push_back(candidate);
  }
  return best;
}

struct Slot {
  char category = 0;
  bool has_preferred = false;
};

/// The category that an unknown argument gets: the one that all candidates have there, or text where any takes text.
[[nodiscard]] std::optional<Slot> slot_of(const Candidates& candidates, std::size_t position) {
  Slot slot;
  bool conflict = false;
  for (const Signature* candidate : candidates) {
    const Kind kind = candidate->args[position];
    const bool takes_over = slot.category == 0 || (category(kind) == 'S' && slot.category != 'S');
    conflict |= slot.category != 0 && category(kind) != slot.category;
    if (takes_over)
      slot = {category(kind), is_preferred(kind)};
    else if (category(kind) == slot.category)
      slot.has_preferred |= is_preferred(kind);
  }
  if (conflict && slot.category != 'S') return std::nullopt;
  return slot;
}

/// Resolves the unknown arguments by category; all candidates as they were where that is impossible.
[[nodiscard]] Candidates keep_by_category(const Candidates& candidates, Kinds args) {
  std::vector<Slot> slots(args.size());
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (args[i] != Kind::unknown) continue;
    const auto slot = slot_of(candidates, i);
    if (!slot) return candidates;
    slots[i] = *slot;
  }
  Candidates kept;
  const auto fits = [&](const Signature* candidate) {
    for (std::size_t i = 0; i < args.size(); ++i) {
      if (args[i] != Kind::unknown) continue;
      if (category(candidate->args[i]) != slots[i].category) return false;
      if (slots[i].has_preferred && !is_preferred(candidate->args[i])) return false;
    }
    return true;
  };
  std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(kept), fits);
  return kept.empty() ? candidates : kept;
}

/// Where all known arguments have one type, the unknown ones are taken to have it too.
[[nodiscard]] Candidates keep_by_known_type(const Candidates& candidates, Kinds args) {
  std::optional<Kind> known;
  for (const Kind kind : args) {
    if (kind == Kind::unknown) continue;
    if (known && *known != kind) return candidates;
    known = kind;
  }
  if (!known) return candidates;
  const std::vector<Kind> assumed(args.size(), *known);
  Candidates kept;
  for (const Signature* candidate : candidates)
    if (is_reachable(*candidate, assumed)) kept.push_back(candidate);
  return kept.empty() ? candidates : kept;
}

}  // namespace

std::expected<const Signature*, NoChoice> choose_function(std::span<const Signature* const> all, Kinds args) {
  Candidates candidates;
  for (const Signature* candidate : all) {
    if (is_exact(*candidate, args)) return candidate;
    if (is_reachable(*candidate, args)) candidates.push_back(candidate);
  }
  if (candidates.empty()) return std::unexpected(NoChoice::none_fits);
  candidates = keep_best(candidates, args, std::equal_to<Kind>{});
  if (candidates.size() > 1)
    candidates = keep_best(candidates, args, [](Kind arg, Kind taken) {
      return arg == taken || (category(arg) == category(taken) && is_preferred(taken));
    });
  const bool has_unknown = std::find(args.begin(), args.end(), Kind::unknown) != args.end();
  if (candidates.size() > 1 && has_unknown) candidates = keep_by_category(candidates, args);
  if (candidates.size() > 1 && has_unknown) candidates = keep_by_known_type(candidates, args);
  if (candidates.size() > 1) return std::unexpected(NoChoice::several_fit);
  return candidates.front();
}

std::expected<const Signature*, NoChoice> choose_operator(std::span<const Signature* const> all, Kinds args) {
  if (args.size() == 2 && (args[0] == Kind::unknown) != (args[1] == Kind::unknown)) {
    const Kind known = args[0] == Kind::unknown ? args[1] : args[0];
    const std::array both{known, known};
    for (const Signature* candidate : all)
      if (is_exact(*candidate, both)) return candidate;
  }
  return choose_function(all, args);
}

}  // namespace kappa::sql
