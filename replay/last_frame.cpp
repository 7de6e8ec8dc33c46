#include "last_frame.hpp"

#include <algorithm>

namespace kappa::replay {

Result<Sequence> last_frame(log::Directory& directory, const log::TopicInfo& topic, Sequence through) {
  Sequence last;
  for (std::uint32_t partition = 0; partition < topic.partitions; ++partition) {
    auto reader = directory.reader(topic, partition);
    if (!reader) return propagate(reader);
    for (;;) {
      auto frame = (*reader)->next_info();
      if (!frame) return propagate(frame);
      if (!*frame || (*frame)->sequence > through) break;
      last = std::max(last, (*frame)->sequence);
    }
  }
  return last;
}

}  // namespace kappa::replay
