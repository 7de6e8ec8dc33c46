// The published state is several words that must be read as one, by processes that take no lock and written by one that
// may die between any two stores. There are two slots and a generation that says which one counts: the writer (one at a
// time, under the partition's lock) fills the other slot and then bumps the generation. A reader takes the slot of the
// generation it saw and accepts it if the generation is still the same: a slot is only overwritten after the
// generation has moved on.
#include "protocol/head_page.hpp"

namespace kappa::log {
namespace {

constexpr Word<std::uint64_t> word_at(std::uint32_t offset, std::uint32_t index) {
  return {offset + 8 * index};
}
constexpr std::uint32_t kLowIndex = 8;

}  // namespace

Result<HeadPage> HeadPage::open(Seam& seam, const std::string& path, Access access) {
  auto file = PageFile::open(seam, path, access);
  if (!file) return propagate(file);
  return HeadPage(std::move(*file));
}

PartitionEnd HeadPage::load_end(std::uint32_t offset) const {
  PartitionEnd end;
  end.segment = {load(word_at(offset, 0))};
  end.point.position = {load(word_at(offset, 1))};
  end.point.chain = load(word_at(offset, 2));
  end.point.next_offset = {load(word_at(offset, 3))};
  end.point.last_sequence = {load(word_at(offset, 4))};
  end.point.last_append_time = static_cast<Micros>(load(word_at(offset, 5)));
  end.point.owner_epoch = static_cast<std::uint32_t>(load(word_at(offset, 6)));
  end.point.log_start = {load(word_at(offset, 7))};
  return end;
}

void HeadPage::store_end(std::uint32_t offset, const PartitionEnd& end) const {
  store(word_at(offset, 0), end.segment.value);
  store(word_at(offset, 1), end.point.position.value);
  store(word_at(offset, 2), end.point.chain);
  store(word_at(offset, 3), end.point.next_offset.value);
  store(word_at(offset, 4), end.point.last_sequence.value);
  store(word_at(offset, 5), static_cast<std::uint64_t>(end.point.last_append_time));
  store(word_at(offset, 6), end.point.owner_epoch);
  store(word_at(offset, 7), end.point.log_start.value);
}

Durable HeadPage::durable() const {
  for (;;) {
    const std::uint64_t generation = load(kGeneration);
    const std::uint32_t slot = kSlotOffsets[generation % 2];
    const Durable durable{load_end(slot), {load(word_at(slot, kLowIndex))}};
    if (load(kGeneration) == generation) return durable;
  }
}

void HeadPage::publish(const Durable& durable) const {
  const std::uint64_t generation = load(kGeneration);
  const std::uint32_t slot = kSlotOffsets[(generation + 1) % 2];
  store_end(slot, durable.end);
  store(word_at(slot, kLowIndex), durable.low.value);
  store(kGeneration, generation + 1);
}

PartitionEnd HeadPage::written() const {
  return load_end(kWrittenOffset);
}
void HeadPage::set_written(const PartitionEnd& end) const {
  store_end(kWrittenOffset, end);
}

}  // namespace kappa::log
