#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "directory/log_directory.hpp"
#include "ledger.hpp"
#include "read_topics.hpp"

namespace kappa::test {

/// What a process does to the log: `append` waits until it is durable, `write` does not, `await` waits for what was
/// written; `roll` appends an event that does not fit the segment; `seal` seals the segments that were left; `commit`
/// reads all events and appends to the view what it has consumed; `reopen` closes in order and opens again; `trim`
/// removes the segments that were left, by size; `expire` sets a retention by age that all events have passed, and so
/// removes them all; `own` becomes the view's owner; `remove` deletes the topic of events, which whoever needs it next
/// makes anew; `repack` makes large frames of the small ones in the segments that were left; `compact` moreover removes
/// what later events have replaced, and deletions of which nothing older is left.
enum class Operation { append, write, await, roll, seal, commit, reopen, trim, expire, own, remove, repack, compact };
inline constexpr std::size_t kOperations = 13;
using Operations = std::vector<Operation>;
[[nodiscard]] std::string name_of(const Operations& operations);

/// The directory of crash tests: where it is and the sizes of the protocol, small enough for a segment of few appends.
struct CrashSetup {
  std::string root = "/log";
  log::ProtocolOptions protocol;
};

/// A process at work on the directory; tells a ledger what it does and what it is told. Not thread-safe.
class CrashProcess {
 public:
  CrashProcess(log::Seam& seam, const CrashSetup& setup, Ledger& ledger)
      : seam_(seam), setup_(setup), ledger_(ledger) {}

  /// Each is Errc as the log's call has it; the ledger knows of the failure.
  [[nodiscard]] Result<void> open();
  [[nodiscard]] Result<void> perform(Operation operation);
  /// Reads everything, as somebody would who relies on it from then on.
  [[nodiscard]] Result<FoundTopics> read();
  void close();
  /// Carries out what the catalog has on record of trims.
  [[nodiscard]] Result<void> finish_trims();
  [[nodiscard]] Result<std::uint32_t> take_ownership();
  [[nodiscard]] log::Directory& directory() { return *directory_; }

 private:
  struct Written {
    TopicId to;
    std::size_t number;
    log::Stamp stamp;
  };
  /// Has so many bytes, unless it is a deletion. Those of the view have no key.
  [[nodiscard]] CrashEvent next_event(CrashTopic topic, std::size_t bytes) const;
  [[nodiscard]] std::size_t next_bytes(CrashTopic topic) const;
  /// Makes the topic if there is none.
  [[nodiscard]] Result<log::TopicInfo> topic(CrashTopic topic);
  [[nodiscard]] Result<std::optional<log::TopicInfo>> find(CrashTopic topic);
  [[nodiscard]] Result<log::Appender*> appender(CrashTopic topic);
  [[nodiscard]] Result<Written> write(CrashTopic topic, std::size_t bytes, const log::AppendOptions& options);
  [[nodiscard]] Result<void> await(CrashTopic topic, const Written& written);
  [[nodiscard]] Result<void> append(CrashTopic topic, std::size_t bytes, const log::AppendOptions& options);
  [[nodiscard]] Result<void> commit();
  [[nodiscard]] Result<void> write_only();
  [[nodiscard]] Result<void> await_written();
  [[nodiscard]] Result<void> seal();
  [[nodiscard]] Result<void> trim(log::TopicInfo events, const log::Retention& retention);
  [[nodiscard]] Result<void> trim_left();
  [[nodiscard]] Result<void> expire();
  [[nodiscard]] Result<void> own();
  [[nodiscard]] Result<void> remove();
  [[nodiscard]] Result<void> repack();
  [[nodiscard]] Result<void> compact();
  [[nodiscard]] Result<bool> try_compact();

  log::Seam& seam_;
  const CrashSetup& setup_;
  Ledger& ledger_;
  std::unique_ptr<log::Directory> directory_;
  struct Opened {
    TopicId topic;
    std::unique_ptr<log::Appender> appender;
  };
  std::array<Opened, kCrashTopics> appenders_;
  std::optional<std::uint32_t> epoch_;  ///< Of the view's owner, if this process is.
  std::optional<Written> written_;
};

/// Makes the directory with its topics and a first event in each.
[[nodiscard]] CrashSetup make_crash_setup(log::Seam& seam, Ledger& ledger, std::uint64_t mark_every_bytes);

}  // namespace kappa::test
