#include "kappa/replay/definition.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "contained_processor.hpp"

namespace kappa::replay {

namespace {

// Copies what only a processor knows of its outputs (keys, order) into the views of the same names.
Result<void> describe_outputs(Definition& definition) {
  auto made = definition.make({});
  if (!made) return propagate(made);
  for (ViewSpec& view : definition.views) {
    for (const processor::OutputSpec& output : (*made)->outputs()) {
      if (output.name != view.name) continue;
      view.unique_key = output.unique_key;
      view.arrival_order = output.arrival_order;
    }
  }
  return {};
}

// A processor in C++ has no tree: its name, inputs, schema and declared version stand for it.
std::string declared_tree(const processor::Processor& made, const processor::OutputSpec& output) {
  std::string tree = fmt::format("c++ {} version {}", output.name, made.version());
  for (const std::uint32_t input : output.inputs) tree += fmt::format(" input {}", made.inputs()[input].topic);
  for (const processor::Field& field : output.schema)
    tree += fmt::format(" column {} {}", field.name, processor::type_name(field.type));
  return tree;
}

}  // namespace

const ViewSpec* Definition::find(std::string_view view) const {
  const auto found = std::find_if(views.begin(), views.end(), [&](const ViewSpec& v) { return v.name == view; });
  return found == views.end() ? nullptr : &*found;
}

Result<Definition> define(processor::Program program, std::string sql) {
  Definition definition;
  definition.sql = std::move(sql);
  for (const processor::TableDefinition& table : program.tables)
    definition.tables.push_back({table.name, table.topic, processor::canonical_text(table),
                                 std::make_shared<const processor::TableDefinition>(table)});
  for (std::size_t i = 0; i < program.views.size(); ++i) {
    const processor::ViewDefinition& view = program.views[i];
    ViewSpec spec{view.name, processor::canonical_text(program, i), view.plan->schema, view.order_by};
    for (const std::uint32_t table : processor::tables_read(program, i))
      spec.tables.push_back(program.tables[table].name);
    definition.views.push_back(std::move(spec));
  }
  definition.make = [program = std::move(program)](const std::vector<std::string>& views) {
    return processor::make_processor(program, views);
  };
  if (auto described = describe_outputs(definition); !described) return propagate(described);
  return definition;
}

Result<Definition> define(std::function<std::unique_ptr<processor::Processor>()> make) {
  Definition definition;
  definition.make = [make = std::move(make)](const std::vector<std::string>&) { return make_contained(make); };
  auto sample = definition.make({});
  if (!sample) return propagate(sample);
  for (const processor::OutputSpec& output : (*sample)->outputs()) {
    if (output.is_errors) continue;
    ViewSpec view{output.name, declared_tree(**sample, output), output.schema};
    view.unique_key = output.unique_key;
    view.arrival_order = output.arrival_order;
    for (const std::uint32_t input : output.inputs) view.tables.push_back((*sample)->inputs()[input].topic);
    definition.views.push_back(std::move(view));
  }
  for (const processor::InputSpec& input : (*sample)->inputs())
    definition.tables.push_back({input.topic, input.topic, {}, {}});
  return definition;
}

}  // namespace kappa::replay
