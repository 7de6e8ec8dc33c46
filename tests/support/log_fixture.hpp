#pragma once
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "directory/log_directory.hpp"
#include "kappa/base/event_builder.hpp"
#include "temporary_directory.hpp"

namespace kappa::log {

/// A directory on disk that goes away with the test, and verbs on logs in it.
class LogTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path data() const { return root_.path() / "data"; }

  [[nodiscard]] std::unique_ptr<Directory> open(const ProtocolOptions& protocol = {}, Seam* seam = nullptr) const {
    auto opened = open_directory(data(), {.access = Access::read_write, .create = true, .seam = seam}, protocol);
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? std::move(*opened) : nullptr;
  }
  [[nodiscard]] std::unique_ptr<Directory> open_read_only() const {
    auto opened = Directory::open(data(), {.access = Access::read_only});
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? std::move(*opened) : nullptr;
  }

  /// The topic of this name, made if it is missing.
  static TopicInfo topic(Directory& directory, const std::string& name) {
    auto found = directory.catalog().find_topic(name);
    EXPECT_TRUE(found) << found.error().message;
    if (found && *found) return **found;
    auto made = directory.create_topic(name, TopicKind::user);
    EXPECT_TRUE(made) << made.error().message;
    return made.value_or(TopicInfo{});
  }

  static Result<Stamp> try_append(Appender& appender, const std::vector<std::string>& values,
                                  const AppendOptions& options = {}) {
    EventBatchBuilder builder;
    for (const std::string& value : values) builder.add({.value = as_bytes(value)});
    return appender.append(builder.columns(), options);
  }
  static Stamp append(Directory& directory, const std::string& name, const std::vector<std::string>& values) {
    auto appender = directory.appender(topic(directory, name));
    EXPECT_TRUE(appender) << appender.error().message;
    auto stamp = try_append(**appender, values);
    EXPECT_TRUE(stamp) << stamp.error().message;
    return stamp.value_or(Stamp{});
  }

  static void add_values(const EventBatch& batch, std::vector<std::string>& to) {
    for (std::size_t i = 0; i < batch.columns.count; ++i) to.emplace_back(as_text(batch.columns.values[i]));
  }
  /// All values from the reader's place on; an error ends the list as "error CODE".
  static std::vector<std::string> read_on(PartitionReader& reader) {
    std::vector<std::string> values;
    for (;;) {
      auto batch = reader.next();
      if (!batch) values.push_back("error " + std::to_string(static_cast<int>(batch.error().code)));
      if (!batch || !*batch) return values;
      add_values(**batch, values);
    }
  }
  static std::vector<std::string> read(Directory& directory, const std::string& name) {
    auto reader = directory.reader(topic(directory, name));
    EXPECT_TRUE(reader) << reader.error().message;
    return read_on(**reader);
  }
  /// All values of the topics in the one order.
  static std::vector<std::string> merge(Directory& directory, const std::vector<std::string>& names) {
    std::vector<TopicInfo> inputs;
    for (const std::string& name : names) inputs.push_back(topic(directory, name));
    auto reader = directory.ordered_reader(inputs);
    EXPECT_TRUE(reader) << reader.error().message;
    auto bound = (*reader)->bound();
    EXPECT_TRUE(bound) << bound.error().message;
    std::vector<std::string> values;
    for (;;) {
      auto batch = (*reader)->next(*bound);
      EXPECT_TRUE(batch) << batch.error().message;
      if (!batch || !*batch) return values;
      add_values(**batch, values);
    }
  }

  /// Files of the topic's first partition that end like this, sorted.
  [[nodiscard]] std::vector<std::filesystem::path> files(const std::string& name, const std::string& ending) const {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(data() / "topics" / name / "0"))
      if (entry.path().string().ends_with(ending)) found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
  }

 private:
  test::TemporaryDirectory root_;
};

}  // namespace kappa::log
