#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kappa/base/result.hpp"
#include "kappa/processor/plan.hpp"
#include "kappa/processor/processor.hpp"

namespace kappa::replay {

/// One view of a definition. `tree` is the canonical text whose equality means "unchanged"; `tables` are the names in
/// Definition::tables that it reads.
struct ViewSpec {
  std::string name;
  std::string tree;
  processor::Schema schema;
  std::vector<processor::SortKey> order_by = {};
  std::vector<std::string> tables = {};
  std::optional<std::vector<std::uint32_t>> unique_key = {};  ///< Columns; as processor::OutputSpec.
  bool arrival_order = false;                                 ///< As processor::OutputSpec.
};

/// A table of a definition; equal `tree` means the same table. A processor written in C++ takes events as they are:
/// what it reads has an empty tree and defines no table.
struct TableSpec {
  std::string name;
  std::string topic;
  std::string tree;
  /// Null for what a processor in C++ reads, and where only the catalog was asked.
  std::shared_ptr<const processor::TableDefinition> definition = {};

  [[nodiscard]] bool is_keyed() const { return definition != nullptr && definition->is_keyed(); }
};

/// What can be run live and replayed: the views of an SQL file, or a processor written in C++. A value; may be copied.
struct Definition {
  std::string sql;  ///< The file's text; empty for C++.
  std::vector<TableSpec> tables;
  std::vector<ViewSpec> views;
  /// A fresh processor of all views (no names) or of the named ones.
  std::function<Result<std::unique_ptr<processor::Processor>>(const std::vector<std::string>& views)> make;

  [[nodiscard]] const ViewSpec* find(std::string_view view) const;
};

/// The definition of a compiled file; `sql` is its text.
[[nodiscard]] Result<Definition> define(processor::Program program, std::string sql);

/// The definition of a processor written in C++: each output that is not an errors output is a view, and its tree is
/// made of its name, inputs, schema and declared version. `make` gives a fresh processor each time. What it or the
/// processor throws ends the run or the replay with Errc::query, as an error that it returns does: what was committed
/// stands, nothing else is written. One that does not return holds up its own run only; that can be killed.
[[nodiscard]] Result<Definition> define(std::function<std::unique_ptr<processor::Processor>()> make);

/// Turns the stored text of a definition into a definition by the present binary (the SQL compiler, given from above
/// since this layer does not know SQL).
using Compile = std::function<Result<Definition>(const std::string& sql)>;

}  // namespace kappa::replay
