// DISTINCT inside an aggregate. Entries (group, value) are counted; an update first notes what each entry that it
// touches showed before, takes all changes, and then tells the inner accumulator the difference. So a value that goes
// and comes back within one update is no change, and the representation shown can change without the count.
#include "operators/distinct_argument.hpp"

#include <array>
#include <utility>

#include "kappa/processor/row_codec.hpp"

namespace kappa::processor {

struct DistinctArgument::Rows {
  std::array<ColumnPointer, 2> columns;
  std::vector<std::uint32_t> groups;
  std::vector<std::int64_t> weights;
};

DistinctArgument::DistinctArgument(TypeKind kind, InputKind input, std::unique_ptr<Accumulator> inner)
    : codec_({TypeKind::bigint, kind}), entries_(codec_.width()), representations_(input), inner_(std::move(inner)) {}

DistinctArgument::Rows DistinctArgument::rows_of(const Updates& updates) const {
  Rows rows;
  std::vector<std::uint32_t> selection;
  Column group = make_column(TypeKind::bigint, 0);
  for (std::size_t row = 0; row < updates.groups.size(); ++row) {
    if (updates.argument->is_null(row)) continue;
    selection.push_back(static_cast<std::uint32_t>(row));
    rows.groups.push_back(updates.groups[row]);
    rows.weights.push_back(updates.weight(row));
    group.as<std::int64_t>().push_back(updates.groups[row]);
  }
  rows.columns = {std::make_shared<const Column>(std::move(group)), gather(updates.argument, selection)};
  return rows;
}

std::string DistinctArgument::shown(std::uint32_t entry) const {
  if (codec_.is_coarse()) return std::string(representations_.least(entry));
  return weights_[entry] > 0 ? std::string(entries_.key(entry)) : std::string();
}

void DistinctArgument::update(const Updates& updates) {
  const Rows rows = rows_of(updates);
  if (rows.groups.empty()) return;
  std::vector<std::uint32_t> entries;
  entries_.find_or_insert(codec_.encode(rows.columns, rows.groups.size(), KeyForm::equality), entries);
  weights_.resize(entries_.numbers_end());
  is_touched_.resize(entries_.numbers_end());
  touch(rows, entries);
  for (std::size_t i = 0; i < entries.size(); ++i) weights_[entries[i]] += rows.weights[i];
  pass_on();
}

void DistinctArgument::touch(const Rows& rows, const std::vector<std::uint32_t>& entries) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (is_touched_[entries[i]] != 0) continue;
    is_touched_[entries[i]] = 1;
    touched_.push_back({entries[i], rows.groups[i], shown(entries[i])});
  }
  if (!codec_.is_coarse()) return;
  const KeyBatch exact = codec_.encode(rows.columns, rows.groups.size(), KeyForm::exact);
  Batch values;
  values.rows = rows.groups.size();
  values.columns = {rows.columns[1]};
  std::string encoded;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    encoded.clear();
    encode_row(values, i, encoded);
    representations_.add(entries[i], encoded, exact[i], rows.weights[i]);
  }
}

void DistinctArgument::pass_on() {
  std::vector<std::string> changed;
  std::vector<std::uint32_t> groups;
  std::vector<std::int64_t> weights;
  const auto change = [&](std::string key, std::uint32_t group, std::int64_t weight) {
    if (key.empty()) return;
    changed.push_back(std::move(key)), groups.push_back(group), weights.push_back(weight);
  };
  for (Touched& touched : touched_) {
    std::string now = shown(touched.entry);
    if (now != touched.before) {
      change(std::move(touched.before), touched.group, -1);
      change(std::move(now), touched.group, 1);
    }
    is_touched_[touched.entry] = 0;
    if (weights_[touched.entry] != 0) continue;
    representations_.erase(touched.entry);
    entries_.erase(touched.entry);
  }
  touched_.clear();
  if (changed.empty()) return;
  const std::vector<ColumnPointer> columns =
      codec_.decode(std::vector<std::string_view>(changed.begin(), changed.end()));
  inner_->update({columns[1], groups, weights});
}

std::size_t DistinctArgument::bytes() const {
  return entries_.bytes() + weights_.capacity() * sizeof(std::int64_t) + is_touched_.capacity() +
         representations_.bytes() + inner_->bytes();
}

}  // namespace kappa::processor
