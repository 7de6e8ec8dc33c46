#pragma once
#include <mutex>

#include "forwarding_seam.hpp"

namespace kappa::test {

/// Mistakes that lose data with the power: each says of one kind of sync that it was done.

/// Of a sync of a file's data.
class NoDataSync final : public ForwardingSeam {
 public:
  using ForwardingSeam::ForwardingSeam;
  Result<void> sync_data(const log::File&) override { return {}; }
};

/// Of a sync with all metadata, as after a segment was made.
class NoFileSync final : public ForwardingSeam {
 public:
  using ForwardingSeam::ForwardingSeam;
  Result<void> sync(const log::File& file) override { return file.is_directory() ? real().sync(file) : Result<void>{}; }
};

/// Of a sync of a directory.
class NoDirectorySync final : public ForwardingSeam {
 public:
  using ForwardingSeam::ForwardingSeam;
  Result<void> sync(const log::File& file) override { return file.is_directory() ? Result<void>{} : real().sync(file); }
};

/// Of a sync of a file's data, and does it with the next one: acknowledges first.
class LateDataSync final : public ForwardingSeam {
 public:
  using ForwardingSeam::ForwardingSeam;
  Result<void> sync_data(const log::File& file) override {
    auto owed = real().open(file.path(), log::OpenMode::write);
    if (!owed) return propagate(owed);
    const std::lock_guard lock(mutex_);
    owed_.swap(owed);
    return owed->is_open() ? real().sync_data(*owed) : Result<void>{};
  }

 private:
  std::mutex mutex_;
  Result<log::File> owed_;  ///< Guarded by mutex_.
};

}  // namespace kappa::test
