#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <set>

#include "protocol/environment.hpp"
#include "protocol/head_page.hpp"
#include "protocol/segment_file.hpp"

namespace kappa::log {

class LockedPartition;

/// What this process knows of a segment's bytes behind the written end: those before `checked` were zeros when it
/// looked; those from `fresh` on became zeros when it allocated them.
struct KnownZeros {
  Offset segment;
  std::uint64_t checked = 0;
  std::uint64_t fresh = ~0ull;
};

/// One partition as one process has it open: its directory (which is also its lock), its head, its active segment.
/// Shared by the appenders, readers and housekeeping of the process. Thread-safe. Ends before its Environment.
class Partition {
 public:
  /// Opens the files; recovers nothing. Errc::not_found if there is no such partition.
  [[nodiscard]] static Result<std::shared_ptr<Partition>> open(const Environment& environment, PartitionPlace place);

  [[nodiscard]] const Environment& environment() const { return environment_; }
  [[nodiscard]] Seam& seam() const { return environment_.seam; }
  [[nodiscard]] const PartitionPlace& place() const { return place_; }
  [[nodiscard]] const HeadPage& head() const { return head_; }

  /// True if the head was built since the directory's last start, so that its words mean something.
  [[nodiscard]] bool current() const;
  /// Errc::not_found once the topic has been deleted.
  [[nodiscard]] Result<void> check_alive() const;
  /// Errc::conflict once the partition's head or the directory's counter has lost its name: nobody else will see what
  /// is stored there, nor wake who waits there.
  [[nodiscard]] Result<void> check_linked() const;
  /// The damage because of which the partition cannot be appended to, if there is some.
  [[nodiscard]] std::optional<Error> damage() const;
  void set_damage(Error error);
  /// Tells the directory's user that a reader passes a gap; once of each.
  void tell_of_gap(const FrameHeader& gap, const std::string& file);

  /// Takes the partition's lock: the process's own mutex, then the lock between processes. Shared is for read-only
  /// processes, which must see no append half done.
  [[nodiscard]] Result<LockedPartition> lock(LockMode mode = LockMode::exclusive);

 private:
  friend class LockedPartition;
  Partition(const Environment& environment, PartitionPlace place, File directory, HeadPage head)
      : environment_(environment), place_(std::move(place)), directory_(std::move(directory)), head_(std::move(head)) {}
  [[nodiscard]] std::string holder() const;

  const Environment& environment_;
  PartitionPlace place_;
  File directory_;
  HeadPage head_;
  std::mutex mutex_;
  SharedSegment active_;  ///< Guarded by the lock; a cache of the segment used last.
  Position taken_up_;     ///< Guarded by the lock: up to here it was written when active_ was opened.
  KnownZeros zeros_;      ///< Guarded by the lock.
  mutable std::mutex damage_mutex_;
  std::optional<Error> damage_;
  std::set<std::pair<std::string, Position>> gaps_told_;  ///< Guarded by damage_mutex_.
};

/// A partition whose lock is held, for as long as this object lives: functions that ask for one run under the lock.
class LockedPartition {
 public:
  LockedPartition(LockedPartition&&) = default;
  ~LockedPartition();

  [[nodiscard]] Partition& partition() const { return *partition_; }
  [[nodiscard]] const Environment& environment() const { return partition_->environment_; }
  [[nodiscard]] Seam& seam() const { return partition_->seam(); }
  [[nodiscard]] const HeadPage& head() const { return partition_->head_; }
  [[nodiscard]] const std::string& directory() const { return partition_->place_.directory; }
  /// The segment of a base offset; the one used last is kept open.
  [[nodiscard]] Result<SharedSegment> segment(Offset base) const;
  [[nodiscard]] KnownZeros& zeros_of(const SegmentFile& segment) const;
  /// True if something in flight was written before this process opened the file: a sync of it may have failed without
  /// anybody having told, and the kernel does not tell this process.
  [[nodiscard]] bool has_taken_up() const;
  /// What is in flight has been written anew.
  void note_rewritten() { partition_->taken_up_ = {}; }

 private:
  friend class Partition;
  explicit LockedPartition(Partition& partition, std::unique_lock<std::mutex> held)
      : partition_(&partition), held_(std::move(held)) {}
  Partition* partition_;
  std::unique_lock<std::mutex> held_;  ///< Also tells whether this object still has the lock (it is movable).
};

}  // namespace kappa::log
