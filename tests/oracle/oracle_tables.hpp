#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kappa/processor/processor.hpp"

namespace kappa::test {

/// An event of a table. A `bad` one is no row and changes nothing.
struct TableEvent {
  std::optional<std::string> json;
  Micros timestamp = kNoTimestamp;
  std::optional<std::string> key;
  bool bad = false;
};

/// The tables t and u that the corpus queries, here and in PostgreSQL, where hidden columns are real ones. They grow:
/// every event is a row. Or they are keyed by id: there each event is an upsert or a delete. The frames of the two
/// alternate in the one order.
class OracleTables {
 public:
  enum class Kind : std::uint8_t { growing, keyed };
  explicit OracleTables(Kind kind);

  static inline const std::vector<std::size_t> kPrefixes = {40, 120, 240};  ///< Of the events; the last is all.

  /// CREATE TABLE of both, for kappa.
  [[nodiscard]] std::string definitions() const;
  /// What makes PostgreSQL have both at each prefix.
  [[nodiscard]] std::string load_script() const;
  /// A table at a prefix as PostgreSQL's `name AS (SELECT …)`, of the rows for which a condition holds.
  [[nodiscard]] std::string theirs(const std::string& name, std::size_t prefix, bool with_hidden,
                                   const std::string& where) const;
  /// Gives the events [from, to) to a processor that reads any of them.
  void feed(processor::Processor& made, std::size_t from, std::size_t to) const;
  [[nodiscard]] static Sequence last_sequence(std::size_t prefix);
  /// Offsets of a table's bad events below a prefix.
  [[nodiscard]] std::vector<std::string> bad_offsets(const std::string& name, std::size_t prefix) const;

 private:
  [[nodiscard]] const std::vector<TableEvent>& events_of(const std::string& name) const;
  [[nodiscard]] std::string load_script(const std::string& name) const;
  [[nodiscard]] std::string load_event(const std::string& name, std::size_t index) const;
  [[nodiscard]] std::string row_of(const std::string& name, std::size_t index) const;

  Kind kind_;
  std::vector<std::vector<TableEvent>> events_;  // Of t, of u.
};

}  // namespace kappa::test
