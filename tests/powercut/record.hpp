#pragma once
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <string_view>

namespace kappa::powercut {

/// What a process says, before or after it does a thing: through a pipe, to the process outside the box.
enum class Told : std::uint8_t {
  creating,      ///< A topic may be there from now on.
  created,       ///< It is there.
  deleting,      ///< It may be gone from now on.
  deleted,       ///< It is gone.
  trimming,      ///< Its events below `offset` may be gone from now on.
  trimmed,       ///< They are gone.
  acknowledged,  ///< The frame is durable, says the appender.
  delivered,     ///< A reader was given the frame.
  extent,        ///< Of an inspection: the topic is there and begins at `offset`; its frames follow as `delivered`.
  torn_tail,     ///< Of an inspection: recovery has told of one.
  end            ///< Of an inspection: this is all.
};

/// A frame is the offsets [offset, offset + count) with the events [id, id + count), at one sequence.
struct Record {
  Told told = Told::end;
  char topic[23] = {};
  std::uint64_t offset = 0;
  std::uint64_t count = 0;
  std::uint64_t id = 0;
  std::uint64_t sequence = 0;

  [[nodiscard]] std::string_view name() const { return topic; }
};
static_assert(sizeof(Record) <= 512, "a pipe takes a record whole, or waits");

/// The writing end of the pipe.
class Teller {
 public:
  explicit Teller(int pipe) : pipe_(pipe) {}
  /// Returns once the pipe has it; ends the process where nobody listens any more.
  void tell(Record record, std::string_view topic) const {
    std::memcpy(record.topic, topic.data(), std::min(topic.size(), sizeof record.topic - 1));
    if (::write(pipe_, &record, sizeof record) != sizeof record) _exit(1);
  }

 private:
  int pipe_;
};

}  // namespace kappa::powercut
