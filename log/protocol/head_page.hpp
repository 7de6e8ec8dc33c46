#pragma once
#include "format/scan.hpp"
#include "kappa/log/directory.hpp"
#include "protocol/page_file.hpp"

namespace kappa::log {

/// An end of a partition: a place in one of its segments (named by its base offset).
struct PartitionEnd {
  Offset segment;
  ChainPoint point;
};

/// The published state: what is durable, and below which sequence nothing of this partition is in flight (`low`;
/// kEndOfTime if and only if nothing is in flight at all).
struct Durable {
  PartitionEnd end;
  Sequence low = kEndOfTime;
};

/// PARTITION/head: the page by which the processes that use a partition agree. A hint, never evidence. Loads are free
/// for all; what may store is said at each word. Thread-safe in the sense of the protocol.
class HeadPage {
 public:
  [[nodiscard]] static Result<HeadPage> open(Seam& seam, const std::string& path, Access access);

  [[nodiscard]] const PageFile& file() const { return file_; }
  [[nodiscard]] const SharedPage& page() const { return file_.page(); }

  template <typename T>
  [[nodiscard]] T load(Word<T> word) const {
    return page().load(word);
  }
  template <typename T>
  void store(Word<T> word, std::type_identity_t<T> value) const {
    page().store(word, value);
  }

  /// The published state as of one moment.
  [[nodiscard]] Durable durable() const;
  /// Publishes by filling the slot that is not in use and then bumping the generation, so that a death in between
  /// changes nothing. Under the partition's lock.
  void publish(const Durable& durable) const;
  /// The end of what is written. Under the partition's lock, and only while `dirty` is 0.
  [[nodiscard]] PartitionEnd written() const;
  void set_written(const PartitionEnd& end) const;

  // Which start of the directory the page belongs to; stored last by recovery.
  static constexpr Word<std::uint64_t> kIncarnation{0};
  /// Not 0: the topic is deleted. Under the lock.
  static constexpr Word<std::uint32_t> kDeleted{8};

  // Owned by the lock. `dirty` is 1 while the words of this group are being changed: who finds it set with the lock
  // free has found a death.
  static constexpr Word<std::uint64_t> kDirty{64};
  static constexpr Word<std::uint64_t> kPid{72};
  static constexpr Word<std::uint64_t> kZeroed{80};     ///< Bytes in [written, zeroed) are zeros really written.
  static constexpr Word<std::uint64_t> kIntentEnd{88};  ///< No byte past it has been touched by whoever died.
  static constexpr Word<std::uint64_t> kAllocated{96};  ///< Size of the active segment's file.
  static constexpr Word<std::uint64_t> kMarked{104};    ///< Position of the newest mark.
  static constexpr Word<std::uint64_t> kMarkGeneration{112};
  static constexpr Word<std::uint32_t> kRoundOpen{120};  ///< The round of syncing that an append joins.
  static constexpr Word<std::uint32_t> kPending{124};    ///< Appends that joined it.
  static constexpr std::uint32_t kWrittenOffset = 128;   ///< 8 words.

  static constexpr Word<std::uint64_t> kGeneration{192};
  static constexpr std::uint32_t kSlotOffsets[2] = {512, 640};  ///< 9 words each: an end, then `low`.

  // Syncing.
  static constexpr Word<std::uint32_t> kRoundBegun{384};
  static constexpr Word<std::uint32_t> kRoundDone{388};       ///< Waited on by appenders.
  static constexpr Word<std::uint64_t> kLeaderSince{392};     ///< Monotonic nanoseconds; 0: nobody leads. A hint.
  static constexpr Word<std::uint32_t> kPoisoned{400};        ///< Not 0: a sync has failed. Under the lock.
  static constexpr Word<std::uint32_t> kPublished{404};       ///< Waited on by followers.
  static constexpr Word<std::uint32_t> kUsualSync{408};       ///< Microseconds, smoothed. A hint.
  static constexpr Word<std::uint32_t> kLastCohort{412};      ///< Appenders served by the last round. A hint.
  static constexpr Word<std::uint64_t> kFailedAfter{416};     ///< Appends with a sequence in (after, through] failed.
  static constexpr Word<std::uint64_t> kFailedThrough{424};   ///< Of the newest failure only.
  static constexpr Word<std::uint32_t> kFailures{432};        ///< How often the partition was poisoned.
  static constexpr Word<std::uint64_t> kClosedSequence{440};  ///< Last sequence of the round closed last.

 private:
  explicit HeadPage(PageFile file) : file_(std::move(file)) {}
  [[nodiscard]] PartitionEnd load_end(std::uint32_t offset) const;
  void store_end(std::uint32_t offset, const PartitionEnd& end) const;

  PageFile file_;
};

}  // namespace kappa::log
