// The canonical text of a view: one line a distinct subtree, numbered as they are first met, each line naming its
// inputs by number. A subtree that stands in several places is one line whether or not the tree shares it in memory,
// so the text depends on the tree alone and is no longer than what was written. Names of types, operators and columns
// are those of the definitions; every text is quoted with its length, so no name can imitate syntax.
#include <fmt/format.h>

#include <bit>
#include <string>
#include <unordered_map>
#include <utility>

#include "kappa/processor/plan.hpp"

namespace kappa::processor {
namespace {

std::string quoted(std::string_view text) {
  return fmt::format("{}:\"{}\"", text.size(), text);
}

std::string type_text(const Type& type) {
  return fmt::format("{}({},{},{})", static_cast<int>(type.kind), type.precision, type.scale, type.max_length);
}

std::string schema_text(const Schema& schema) {
  std::string text = "[";
  for (const Field& field : schema) {
    text += fmt::format("{} {}{};", quoted(field.name), type_text(field.type), field.not_null ? " not null" : "");
  }
  return text + "]";
}

struct ValueText {
  std::string operator()(std::monostate) const { return "null"; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int32_t value) const { return fmt::format("{}", value); }
  std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(const Numeric& value) const {
    return fmt::format("{}/{}/{}", static_cast<int>(value.kind), value.coefficient, value.scale);
  }
  std::string operator()(double value) const { return fmt::format("{:016x}", std::bit_cast<std::uint64_t>(value)); }
  std::string operator()(const std::string& value) const { return quoted(value); }
  std::string operator()(const Interval& value) const {
    return fmt::format("{}/{}/{}", value.months, value.days, value.micros);
  }
};

class Writer {
 public:
  explicit Writer(const Program& program) : program_(program) {}

  std::string view_text(std::size_t view) {
    const std::string name = view_line(view);
    return fmt::format("kappa view, semantics {}\n{}view {}\n", kSemanticsVersion, lines_, name);
  }

 private:
  // The number of a line, which is written if it is new.
  std::string line(std::string content) {
    const auto [found, is_new] = numbers_.try_emplace(std::move(content), numbers_.size());
    if (is_new) lines_ += fmt::format("{} = {}\n", found->second, found->first);
    return fmt::format("#{}", found->second);
  }

  std::string expression(const ExpressionPointer& pointer) {
    if (!pointer) return "-";
    const auto known = expressions_.find(pointer.get());
    if (known != expressions_.end()) return known->second;
    const Expression& node = *pointer;
    std::string text = fmt::format("op {} {}", static_cast<int>(node.op), type_text(node.type));
    if (node.op == Op::column) text += fmt::format(" column {}", node.index);
    if (node.op == Op::literal) text += " " + std::visit(ValueText{}, node.value);
    text += expressions(node.args);
    return expressions_[pointer.get()] = line(std::move(text));
  }
  std::string expressions(const std::vector<ExpressionPointer>& list) {
    std::string text;
    for (const ExpressionPointer& each : list) text += " " + expression(each);
    return text;
  }

  std::string plan(const PlanPointer& pointer) {
    const auto known = plans_.find(pointer.get());
    if (known != plans_.end()) return known->second;
    std::string text = std::visit([&](const auto& node) { return node_text(node); }, pointer->node);
    return plans_[pointer.get()] = line(text + " " + schema_text(pointer->schema));
  }

  std::string node_text(const ScanTable& scan) { return line(canonical_text(program_.tables[scan.table])); }
  std::string node_text(const ScanView& scan) { return "rows of " + view_line(scan.view); }
  std::string node_text(const Filter& node) {
    return fmt::format("filter {} by {}", plan(node.input), expression(node.condition));
  }
  std::string node_text(const Project& node) {
    return fmt::format("project {} to{}", plan(node.input), expressions(node.expressions));
  }
  std::string node_text(const Tumble& node) {
    return fmt::format("tumble {} by {} size {}", plan(node.input), expression(node.time), node.size);
  }
  std::string node_text(const UnionAll& node) {
    std::string text = "union all";
    for (const PlanPointer& input : node.inputs) text += " " + plan(input);
    return text;
  }
  std::string node_text(const Distinct& node) { return "distinct " + plan(node.input); }
  std::string node_text(const Aggregate& node) {
    std::string text = fmt::format("aggregate {} by{};", plan(node.input), expressions(node.keys));
    for (const AggregateCall& call : node.calls) {
      text +=
          fmt::format(" {}{} of {} where {} as {};", static_cast<int>(call.function), call.distinct ? " distinct" : "",
                      expression(call.argument), expression(call.filter), type_text(call.type));
    }
    return text;
  }

  std::string view_line(std::size_t index) {
    const ViewDefinition& view = program_.views[index];
    std::string text = fmt::format("view {} {} on_error {} order", quoted(view.name), plan(view.plan),
                                   static_cast<int>(view.on_error));
    for (const SortKey& key : view.order_by) {
      text += fmt::format(" {}{}{};", expression(key.expression), key.descending ? " desc" : "",
                          key.nulls_first ? " nulls first" : "");
    }
    text += " key";
    if (!view.unique_key) text += " none";
    for (const std::uint32_t column : view.unique_key.value_or(std::vector<std::uint32_t>())) {
      text += fmt::format(" {}", column);
    }
    return line(std::move(text));
  }

  const Program& program_;
  std::string lines_;
  std::unordered_map<std::string, std::size_t> numbers_;
  std::unordered_map<const Expression*, std::string> expressions_;
  std::unordered_map<const PlanNode*, std::string> plans_;
};

}  // namespace

std::string canonical_text(const TableDefinition& table) {
  const std::string event_time = table.event_time ? fmt::format("{}", *table.event_time) : "-";
  std::string text = fmt::format("table {} topic {} {} event_time {} delay {} timestamps {}", quoted(table.name),
                                 quoted(table.topic), schema_text(table.columns), event_time, table.watermark_delay,
                                 static_cast<int>(table.timestamp_format));
  if (table.is_keyed()) text += fmt::format(" primary key {}", fmt::join(table.primary_key, " "));
  return text;
}

std::string canonical_text(const Program& program, std::size_t view) {
  return Writer(program).view_text(view);
}

}  // namespace kappa::processor
