#pragma once
#include "kappa/log/directory.hpp"

namespace kappa::test {

/// A directory like another, to change one thing of it. Lives no longer than the other.
class ForwardingDirectory : public log::Directory {
 public:
  explicit ForwardingDirectory(log::Directory& real) : real_(real) {}

  const std::filesystem::path& path() const override { return real_.path(); }
  std::vector<log::RecoveryNote> take_recovery_notes() override { return real_.take_recovery_notes(); }
  log::Catalog& catalog() override { return real_.catalog(); }
  Result<log::TopicInfo> create_topic(std::string_view name, log::TopicKind kind, std::uint32_t partitions) override {
    return real_.create_topic(name, kind, partitions);
  }
  Result<void> delete_topic(const log::TopicInfo& topic) override { return real_.delete_topic(topic); }
  Result<void> set_retention(const log::TopicInfo& topic, const log::Retention& retention) override {
    return real_.set_retention(topic, retention);
  }
  Result<bool> set_compaction(const log::TopicInfo& topic, std::optional<Micros> after, Offset catalog_end) override {
    return real_.set_compaction(topic, after, catalog_end);
  }
  Result<std::vector<log::Trim>> plan_retention(const log::TopicInfo& topic) override {
    return real_.plan_retention(topic);
  }
  Result<bool> trim(const log::TopicInfo& topic, std::span<const log::Trim> trims, Offset catalog_end) override {
    return real_.trim(topic, trims, catalog_end);
  }
  Result<void> finish_trims(const log::TopicInfo& topic) override { return real_.finish_trims(topic); }
  Result<log::PartitionStatus> status(const log::TopicInfo& topic, std::uint32_t partition) override {
    return real_.status(topic, partition);
  }
  Result<std::unique_ptr<log::Appender>> appender(const log::TopicInfo& topic, std::uint32_t partition) override {
    return real_.appender(topic, partition);
  }
  Result<std::unique_ptr<log::Appender>> once_appender(const log::TopicInfo& topic, std::uint32_t partition,
                                                       log::OnceOptions options) override {
    return real_.once_appender(topic, partition, std::move(options));
  }
  Result<std::unique_ptr<log::PartitionReader>> reader(const log::TopicInfo& topic, std::uint32_t partition) override {
    return real_.reader(topic, partition);
  }
  Result<std::unique_ptr<log::OrderedReader>> ordered_reader(std::span<const log::TopicInfo> inputs) override {
    return real_.ordered_reader(inputs);
  }

 protected:
  log::Directory& real_;
};

}  // namespace kappa::test
