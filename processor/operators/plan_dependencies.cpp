#include "operators/plan_dependencies.hpp"

#include <set>
#include <unordered_set>

namespace kappa::processor {
namespace {

// The scans of a plan. A shared subtree is entered once: a chain of views that each name the one before twice would
// otherwise take exponential time.
class Scans {
 public:
  explicit Scans(const PlanNode& node) { visit(node); }
  std::set<std::uint32_t> tables;
  std::set<std::uint32_t> views;

 private:
  void visit(const PlanNode& node) {
    if (!seen_.insert(&node).second) return;
    std::visit([&](const auto& each) { enter(each); }, node.node);
  }
  void enter(const ScanTable& scan) { tables.insert(scan.table); }
  void enter(const ScanView& scan) { views.insert(scan.view); }
  void enter(const UnionAll& all) {
    for (const PlanPointer& input : all.inputs) visit(*input);
  }
  template <typename Node>
  void enter(const Node& node) {
    visit(*node.input);
  }

  std::unordered_set<const PlanNode*> seen_;
};

}  // namespace

std::vector<bool> needed_views(const Program& program, std::vector<bool> selected) {
  for (std::size_t view = program.views.size(); view-- > 0;) {
    if (!selected[view]) continue;
    for (const std::uint32_t read : Scans(*program.views[view].plan).views) selected[read] = true;
  }
  return selected;
}

std::vector<std::uint32_t> tables_read(const Program& program, std::size_t view) {
  std::vector<bool> wanted(program.views.size());
  wanted[view] = true;
  const std::vector<bool> needed = needed_views(program, std::move(wanted));
  std::set<std::uint32_t> tables;
  for (std::size_t i = 0; i < needed.size(); ++i) {
    if (needed[i]) tables.merge(Scans(*program.views[i].plan).tables);
  }
  return {tables.begin(), tables.end()};
}

}  // namespace kappa::processor
