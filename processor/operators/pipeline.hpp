#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "kappa/processor/json_table.hpp"
#include "kappa/processor/plan.hpp"
#include "operators/columns_used.hpp"
#include "operators/error_log.hpp"
#include "operators/keyed_table.hpp"
#include "operators/output_collector.hpp"

namespace kappa::processor {

/// One table of a processor: who reads its rows, and which columns they use.
struct TablePipeline {
  UsedColumns wanted;
  std::vector<Consumer*> readers;
  std::vector<ErrorLog*> error_logs;  ///< Of the views that read the table, each once.
  std::unique_ptr<JsonTableDecoder> decoder;
  std::unique_ptr<KeyedTable> keyed;  ///< Null for a table without a primary key.
  std::uint32_t input = 0;
};

/// One view of a processor: operators from scans to outputs. They point at each other, so it stays where it is made.
struct ViewPipeline {
  explicit ViewPipeline(const ViewDefinition& view, OutputOrder order)
      : contents(order, view.unique_key), errors(OutputOrder::encoded, std::nullopt), log(view.name) {}

  OutputCollector contents;
  OutputCollector errors;
  ErrorLog log;
  std::vector<std::unique_ptr<Consumer>> operators;
  std::vector<StatefulOperator*> stateful;  ///< Downstream before upstream, the contents first.
};

/// Everything that a program's needed views are made of, by index of table and view; null where not needed.
struct Pipelines {
  std::vector<std::unique_ptr<TablePipeline>> tables;
  std::vector<std::unique_ptr<ViewPipeline>> views;
};

/// Operators of one processor at most; an inlined view stands once in each place where it is used.
inline constexpr std::size_t kOperatorsMax = 20'000;

/// Builds the needed views. Errc::query beyond kOperatorsMax, or for an aggregate over a type it does not take. The
/// program must outlive the result.
[[nodiscard]] Result<Pipelines> build_pipelines(const Program& program, const std::vector<bool>& needed);

}  // namespace kappa::processor
