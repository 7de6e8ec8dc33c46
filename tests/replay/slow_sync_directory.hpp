#pragma once
#include <condition_variable>
#include <mutex>
#include <utility>

#include "forwarding_directory.hpp"

namespace kappa::test {

/// Counts how many waits for durability are under way at once. Each waits for a second one to come, as a slow device
/// would have it wait, until there has been one or some seconds have passed. Thread-safe.
class SyncCounter {
 public:
  Result<void> around(const std::function<Result<void>()>& sync) {
    {
      std::unique_lock guard(mutex_);
      most_ = std::max(most_, ++now_);
      changed_.notify_all();
      changed_.wait_for(guard, std::chrono::seconds(5), [this] { return most_ > 1; });
    }
    auto synced = sync();
    const std::lock_guard guard(mutex_);
    --now_;
    return synced;
  }
  std::size_t most() {
    const std::lock_guard guard(mutex_);
    return most_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t now_ = 0;   ///< Guarded by mutex_.
  std::size_t most_ = 0;  ///< Guarded by mutex_.
};

/// A directory like another, whose appenders count their waits for durability.
class SlowSyncDirectory final : public ForwardingDirectory {
 public:
  using ForwardingDirectory::ForwardingDirectory;
  [[nodiscard]] std::size_t most_at_once() { return counter_.most(); }

  Result<std::unique_ptr<log::Appender>> appender(const log::TopicInfo& topic, std::uint32_t partition) override {
    auto appender = real_.appender(topic, partition);
    if (!appender) return appender;
    return std::make_unique<CountingAppender>(std::move(*appender), counter_);
  }

 private:
  class CountingAppender final : public log::Appender {
   public:
    CountingAppender(std::unique_ptr<log::Appender> real, SyncCounter& counter)
        : real_(std::move(real)), counter_(counter) {}
    Result<log::Stamp> write(const EventColumns& columns, const log::AppendOptions& options) override {
      return real_->write(columns, options);
    }
    Result<void> await_durable(const log::Stamp& stamp) override {
      return counter_.around([&] { return real_->await_durable(stamp); });
    }
    Result<std::uint32_t> take_ownership() override { return real_->take_ownership(); }

   private:
    std::unique_ptr<log::Appender> real_;
    SyncCounter& counter_;
  };

  SyncCounter counter_;
};

}  // namespace kappa::test
