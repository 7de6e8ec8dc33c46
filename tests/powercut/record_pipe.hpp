#pragma once
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <vector>

#include "record.hpp"

namespace kappa::powercut {

/// The reading end of what processes tell. Not thread-safe.
class RecordPipe {
 public:
  RecordPipe() {
    constexpr int kPipeBytes = 1 << 20;
    if (pipe2(ends_, O_CLOEXEC) != 0) std::abort();
    fcntl(ends_[1], F_SETPIPE_SZ, kPipeBytes);
  }
  RecordPipe(const RecordPipe&) = delete;
  RecordPipe& operator=(const RecordPipe&) = delete;
  ~RecordPipe() {
    close_writing_end();
    ::close(ends_[0]);
  }

  [[nodiscard]] int reading_end() const { return ends_[0]; }
  [[nodiscard]] int writing_end() const { return ends_[1]; }
  /// Once all who write have it: the end comes with the last of them.
  void close_writing_end() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }

  /// Gives the records that wait in the pipe, at least one; waits where there is none. False at the end.
  template <typename Give>
  bool take(Give give) {
    char part[64 * sizeof(Record)];
    const ssize_t got = ::read(ends_[0], part, sizeof part);
    if (got <= 0) return false;
    unread_.insert(unread_.end(), part, part + got);
    std::size_t taken = 0;
    for (; unread_.size() - taken >= sizeof(Record); taken += sizeof(Record)) {
      Record record;
      std::memcpy(&record, unread_.data() + taken, sizeof record);
      give(record);
    }
    unread_.erase(unread_.begin(), unread_.begin() + static_cast<std::ptrdiff_t>(taken));
    return true;
  }

 private:
  int ends_[2] = {-1, -1};
  std::vector<char> unread_;
};

}  // namespace kappa::powercut
