#pragma once
#include <memory>
#include <utility>

#include "forwarding_directory.hpp"

namespace kappa::test {

/// A directory whose readers, from the second on, see nothing before they have been waited on: as a reader does that
/// has not yet looked where another one has helped a slow appender. Waiting never blocks.
class LaggingDirectory final : public ForwardingDirectory {
 public:
  using ForwardingDirectory::ForwardingDirectory;

  Result<std::unique_ptr<log::PartitionReader>> reader(const log::TopicInfo& topic, std::uint32_t partition) override {
    auto reader = real_.reader(topic, partition);
    if (!reader) return reader;
    return std::make_unique<LaggingReader>(std::move(*reader), std::exchange(lags_, true));
  }

 private:
  class LaggingReader final : public log::PartitionReader {
   public:
    LaggingReader(std::unique_ptr<log::PartitionReader> real, bool lags) : real_(std::move(real)), lags_(lags) {}
    Result<log::PartitionExtent> extent() override { return real_->extent(); }
    Result<void> seek(Offset offset) override { return real_->seek(offset); }
    Result<Offset> offset_at(Micros append_time) override { return real_->offset_at(append_time); }
    const log::FrameInfo& info() const override { return real_->info(); }
    Result<std::optional<EventBatch>> next() override {
      if (lags_) return std::optional<EventBatch>();
      return real_->next();
    }
    Result<std::optional<log::FrameInfo>> next_info() override {
      if (lags_) return std::optional<log::FrameInfo>();
      return real_->next_info();
    }
    Result<log::SkippedRange> skip_damage() override { return real_->skip_damage(); }
    Result<void> wait(std::stop_token) override {
      lags_ = false;
      return {};
    }

   private:
    std::unique_ptr<log::PartitionReader> real_;
    bool lags_;
  };

  bool lags_ = false;
};

}  // namespace kappa::test
