// Grouping. A group's state lies in arrays under its number: its row count here, everything else in the accumulators.
//
// What a group showed at the last emit() is not kept for all groups: it is computed when the first change of an
// interval meets the group, from the state as it then still is. So untouched groups cost nothing, and the row taken
// back is the row that was given, since both are the same function of the same state.
//
// Between two emits a group's weight may pass through zero or below (changes of one interval come in any order), so
// groups vanish only at emit().
#include "operators/group_by.hpp"

#include <algorithm>
#include <utility>

#include "kappa/base/assert.hpp"
#include "kappa/processor/row_codec.hpp"
#include "operators/batch_tools.hpp"

namespace kappa::processor {
namespace {

// What a changed group may give in the output, besides texts: a retraction and an insertion.
constexpr std::size_t kGroupBytes = 2 * kChangeBytes;

}  // namespace

GroupBy::GroupBy(std::vector<TypeKind> keys, std::vector<GroupedCall> calls, InputKind input, Consumer& next)
    : codec_(std::move(keys)), calls_(std::move(calls)), next_(next), store_(codec_.width()), representations_(input) {
  if (codec_.columns() != 0) return;
  // The only group: it exists from the beginning, and its first row is due at the first emit().
  std::vector<std::uint32_t> only;
  store_.find_or_insert(codec_.encode({}, 1, KeyForm::equality), only);
  resize();
  mark_dirty(only);
}

void GroupBy::push(Batch batch) {
  staged_.push_back(std::move(batch));
}

Result<void> GroupBy::check_room() const {
  std::size_t rows = 0;
  for (const Batch& batch : staged_) rows += batch.rows;
  if (store_.numbers_end() + rows <= kKeysMax) return {};
  return fail(Errc::query, "an aggregate or DISTINCT has more than 4 billion groups",
              "group by fewer columns, or filter before grouping");
}

void GroupBy::apply() {
  for (const Batch& batch : std::exchange(staged_, {})) take(batch);
}

void GroupBy::take(const Batch& batch) {
  std::vector<std::uint32_t> groups;
  store_.find_or_insert(codec_.encode(batch.columns, batch.rows, KeyForm::equality), groups);
  resize();
  mark_dirty(groups);
  for (std::size_t row = 0; row < batch.rows; ++row) states_[groups[row]].weight += batch.weight(row);
  if (codec_.is_coarse()) note_representations(batch, groups);
  for (const GroupedCall& call : calls_) {
    if (!call.accumulator || !call.has_argument) continue;
    call.accumulator->update({batch.columns[call.argument], groups, batch.weights});
  }
}

void GroupBy::resize() {
  if (states_.size() == store_.numbers_end()) return;
  states_.resize(store_.numbers_end());
  for (const GroupedCall& call : calls_) {
    if (call.accumulator) call.accumulator->resize(states_.size());
  }
}

void GroupBy::mark_dirty(std::span<const std::uint32_t> groups) {
  std::vector<std::uint32_t> shown;
  for (const std::uint32_t group : groups) {
    GroupState& state = states_[group];
    if (state.dirty != 0) continue;
    state.dirty = 1;
    dirty_.push_back(group);
    if (state.emitted != 0) shown.push_back(group);
  }
  if (shown.empty()) return;
  before_.push_back(finish(shown, -1));
  before_bytes_ += batch_bytes(before_.back());
}

void GroupBy::note_representations(const Batch& batch, std::span<const std::uint32_t> groups) {
  const KeyBatch exact = codec_.encode(batch.columns, batch.rows, KeyForm::exact);
  std::vector<std::uint32_t> keys(codec_.columns());
  for (std::uint32_t i = 0; i < keys.size(); ++i) keys[i] = i;
  std::string encoded;
  for (std::size_t row = 0; row < batch.rows; ++row) {
    encoded.clear();
    encode_row(batch, row, keys, encoded);
    representations_.add(groups[row], encoded, exact[row], batch.weight(row));
  }
}

std::vector<ColumnPointer> GroupBy::key_columns(std::span<const std::uint32_t> groups) const {
  std::vector<std::string_view> keys;
  keys.reserve(groups.size());
  for (const std::uint32_t group : groups) {
    keys.push_back(codec_.is_coarse() ? representations_.least(group) : store_.key(group));
  }
  return codec_.decode(keys);
}

Batch GroupBy::finish(std::span<const std::uint32_t> groups, std::int64_t weight) const {
  Batch batch;
  batch.rows = groups.size();
  batch.columns = key_columns(groups);
  for (const GroupedCall& call : calls_) {
    batch.columns.push_back(call.accumulator ? call.accumulator->finish(groups, states_) : nullptr);
  }
  batch.weights.assign(groups.size(), weight);
  return batch;
}

void GroupBy::emit() {
  for (Batch& batch : std::exchange(before_, {})) next_.push(std::move(batch));
  before_bytes_ = 0;
  std::vector<std::uint32_t> present;
  for (const std::uint32_t group : dirty_) {
    GroupState& state = states_[group];
    KAPPA_ASSERT(state.weight >= 0, "a group lost more rows than it had");
    state.dirty = 0;
    state.emitted = state.weight > 0 || codec_.columns() == 0 ? 1 : 0;
    if (state.emitted != 0) present.push_back(group);
  }
  push_present(present);
  for (const std::uint32_t group : dirty_) {
    if (states_[group].emitted == 0) forget(group);
  }
  dirty_.clear();
}

void GroupBy::push_present(const std::vector<std::uint32_t>& present) {
  for (std::size_t begin = 0; begin < present.size(); begin += kBatchRows) {
    const std::size_t count = std::min(kBatchRows, present.size() - begin);
    next_.push(finish(std::span(present).subspan(begin, count), 1));
  }
}

void GroupBy::forget(std::uint32_t group) {
  for (const GroupedCall& call : calls_) {
    if (call.accumulator) call.accumulator->reset(group);
  }
  representations_.erase(group);
  store_.erase(group);
  states_[group] = {};
}

std::size_t GroupBy::pending_bytes() const {
  return before_bytes_ + dirty_.size() * kGroupBytes;
}

std::size_t GroupBy::state_bytes() const {
  std::size_t bytes = store_.bytes() + states_.capacity() * sizeof(GroupState) + representations_.bytes();
  for (const GroupedCall& call : calls_) bytes += call.accumulator ? call.accumulator->bytes() : 0;
  return bytes;
}

}  // namespace kappa::processor
