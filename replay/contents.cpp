// Contents of a view from its changelog alone. A row's JSON text stands for the row (it decodes to the identical one),
// so the changes are summed by text, and only what remains is decoded; the recorded fingerprint then says whether the
// sum is what the run had.
#include <fmt/format.h>

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>

#include "kappa/base/event.hpp"
#include "kappa/base/headers.hpp"
#include "kappa/processor/row_codec.hpp"
#include "kappa/replay/replay.hpp"
#include "sorted_rows.hpp"

namespace kappa::replay {

namespace {

constexpr std::size_t kDecodeRows = 4096;

using Weights = boost::unordered_flat_map<std::string, std::int64_t>;

struct Summed {
  Weights weights;
  std::vector<std::string> in_order;  ///< Texts in order of arrival, for views that only insert.
};

Result<std::int64_t> change_of(const EventBatch& batch, std::size_t event, const std::string& topic) {
  Bytes headers = batch.columns.headers[event];
  while (const auto header = take_header(headers)) {
    if (header->name != "op" || !header->value) continue;
    if (as_text(*header->value) == "insert") return 1;
    if (as_text(*header->value) == "retract") return -1;
  }
  return fail(Errc::corruption,
              fmt::format("{} offset {}: no header op=insert or op=retract", topic, batch.offset(event).value),
              fmt::format("kappa verify {}", topic));
}

Result<void> add_events(const EventBatch& batch, const ViewSpec& view, Offset end, Summed& summed) {
  for (std::size_t i = 0; i < batch.columns.count && batch.offset(i) < end; ++i) {
    const auto change = change_of(batch, i, view.name);
    if (!change) return std::unexpected(change.error());
    const std::string_view text = as_text(batch.columns.values[i]);
    if (view.arrival_order) {
      summed.in_order.emplace_back(text);
      continue;
    }
    const auto place = summed.weights.try_emplace(std::string(text), 0).first;
    place->second += *change;
    if (place->second == 0) summed.weights.erase(place);
  }
  return {};
}

Result<Summed> sum_changelog(log::Directory& directory, const log::TopicInfo& topic, const ViewSpec& view, Offset end) {
  auto reader = committed_reader(directory, topic);
  if (!reader) return propagate(reader);
  Summed summed;
  for (;;) {
    auto batch = (*reader)->next();
    if (!batch) return propagate(batch);
    if (!*batch || (*batch)->first_offset >= end) return summed;
    if (auto added = add_events(**batch, view, end, summed); !added) return propagate(added);
  }
}

/// Texts in some order to batches of rows with weights.
class Decoder {
 public:
  Decoder(const ViewSpec& view, RowSink take) : view_(view), take_(std::move(take)) {}
  Result<void> add(std::string_view text, std::int64_t weight) {
    // Texts stand in one string, each followed by the padding that the parser may read.
    starts_.push_back(memory_->size());
    memory_->append(text);
    memory_->append(kReadPadding, '\0');
    sizes_.push_back(text.size());
    weights_.push_back(weight);
    return starts_.size() < kDecodeRows ? Result<void>{} : flush();
  }
  Result<void> flush() {
    if (starts_.empty()) return {};
    std::vector<std::string_view> texts;
    for (std::size_t i = 0; i < starts_.size(); ++i) texts.emplace_back(memory_->data() + starts_[i], sizes_[i]);
    auto batch = processor::rows_from_json(view_.schema, texts, memory_);
    if (!batch) return propagate(batch);
    batch->weights = std::move(weights_);
    auto taken = take_(*batch);
    memory_ = std::make_shared<std::string>();
    starts_.clear(), sizes_.clear(), weights_.clear();
    return taken;
  }

 private:
  const ViewSpec& view_;
  RowSink take_;
  std::shared_ptr<std::string> memory_ = std::make_shared<std::string>();  // Shared with the columns made of it.
  std::vector<std::size_t> starts_, sizes_;
  std::vector<std::int64_t> weights_;
};

Result<void> decode(const Summed& summed, Decoder& decoder) {
  for (const std::string& text : summed.in_order)
    if (auto added = decoder.add(text, 1); !added) return added;
  for (const auto& [text, weight] : summed.weights)
    if (auto added = decoder.add(text, weight); !added) return added;
  return decoder.flush();
}

// The last commit at or below a position; nullptr where the position lies inside a commit or beyond the last one.
const RecordedCommit* commit_at(const std::vector<RecordedCommit>& commits, std::optional<Sequence> as_of) {
  if (commits.empty()) return nullptr;
  if (!as_of) return &commits.back();
  const auto after = std::find_if(commits.begin(), commits.end(),
                                  [&](const RecordedCommit& commit) { return commit.through >= *as_of; });
  return after != commits.end() && after->through == *as_of ? &*after : nullptr;
}

}  // namespace

ViewSpec errors_spec(std::string_view view) {
  return {errors_topic(view), "", processor::errors_schema()};
}

Result<std::optional<RecordedContents>> read_contents(log::Directory& directory, const ViewSpec& view,
                                                      std::optional<Sequence> as_of, const RowSink& rows) {
  const auto commits = recorded_commits(directory, view.name);
  if (!commits) return std::unexpected(commits.error());
  if (commits->empty() && !as_of) return RecordedContents{};
  const RecordedCommit* commit = commit_at(*commits, as_of);
  if (commit == nullptr) return std::optional<RecordedContents>();
  const auto topic = directory.catalog().find_topic(view.name);
  if (!topic) return std::unexpected(topic.error());
  const auto summed = sum_changelog(directory, **topic, view, commit->end);
  if (!summed) return std::unexpected(summed.error());

  RecordedContents contents{0, {}, commit->through};
  SortedRows sorted(view);
  const bool sort = !view.arrival_order || !view.order_by.empty();
  Decoder decoder(view, [&](const processor::Batch& batch) -> Result<void> {
    contents.fingerprint.add(batch);
    if (!sort) return rows(batch);
    sorted.add(batch);
    return {};
  });
  if (auto decoded = decode(*summed, decoder); !decoded) return propagate(decoded);
  if (contents.fingerprint != commit->fingerprint)
    return fail(
        Errc::corruption,
        fmt::format("{}: the changelog up to sequence {} gives fingerprint {}, its commit recorded {}", view.name,
                    commit->through.value, to_text(contents.fingerprint), to_text(commit->fingerprint)),
        fmt::format("kappa verify {}", view.name));
  if (sort)
    if (auto emitted = sorted.emit(rows); !emitted) return propagate(emitted);
  contents.rows = static_cast<std::uint64_t>(contents.fingerprint.weight);
  return contents;
}

}  // namespace kappa::replay
