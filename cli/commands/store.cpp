// What most verbs do first: open the directory, find the topic, and answer in the same words when that fails.
#include "commands/store.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "kappa/base/near_miss.hpp"
#include "text/table.hpp"

namespace kappa::cli {
namespace {

std::vector<std::string> names_of(const std::vector<log::TopicInfo>& topics, bool (*wanted)(const log::TopicInfo&)) {
  std::vector<std::string> names;
  for (const log::TopicInfo& topic : topics) {
    if (wanted(topic)) names.push_back(topic.name);
  }
  return names;
}

bool any_topic(const log::TopicInfo& /*topic*/) {
  return true;
}
bool users_topic(const log::TopicInfo& topic) {
  return topic.kind == log::TopicKind::user;
}

std::unexpected<Error> refuse_append(const log::TopicInfo& topic) {
  if (topic.kind == log::TopicKind::catalog) {
    return fail(Errc::conflict, fmt::format("{} is written by kappa itself and takes no events", topic.name),
                fmt::format("kappa read {}", topic.name));
  }
  return fail(
      Errc::conflict, fmt::format("{} belongs to a view and takes events from its run only", topic.name),
      fmt::format("append to the topics that the view reads: kappa view list (read it: kappa read {})", topic.name));
}

}  // namespace

Result<std::unique_ptr<log::Directory>> open_directory(const Context& context, OpenFor purpose) {
  log::OpenOptions options;
  options.access = purpose == OpenFor::reading ? log::Access::read_only : log::Access::read_write;
  options.create = purpose == OpenFor::creating;
  options.notice = [&context](const std::string& what) { context.say(what); };
  auto directory = log::Directory::open(context.common.directory, options);
  if (directory) say_recovery(context, **directory);
  if (!directory && directory.error().code == Errc::not_found && directory.error().hint.empty()) {
    directory.error().hint = "name the directory with -d DIR or KAPPA_DIR; kappa append TOPIC makes a new one";
  }
  return directory;
}

void say_recovery(const Context& context, log::Directory& directory) {
  for (const log::RecoveryNote& note : directory.take_recovery_notes()) {
    context.say(fmt::format("recovered {}: cut off a torn tail of {} at byte {}, kept in {}", note.file,
                            human_bytes(note.bytes), note.position, note.kept_aside));
  }
}

Result<log::TopicInfo> find_topic(const Context& context, log::Directory& directory, const std::string& name) {
  auto found = directory.catalog().find_topic(name);
  if (!found) return propagate(found);
  if (*found) return **found;
  auto topics = directory.catalog().topics();
  if (!topics) return propagate(topics);
  const std::string near = near_miss(name, names_of(*topics, any_topic));
  return fail(Errc::not_found, fmt::format("no topic or view {} in {}", name, context.common.directory),
              near.empty() ? "kappa topic list" : fmt::format("did you mean {}? See kappa topic list", near));
}

Result<std::vector<log::TopicInfo>> find_topics(const Context& context, log::Directory& directory,
                                                const std::vector<std::string>& names) {
  std::vector<log::TopicInfo> topics;
  for (const std::string& name : names) {
    auto topic = find_topic(context, directory, name);
    if (!topic) return propagate(topic);
    if (std::ranges::find(topics, topic->id, &log::TopicInfo::id) != topics.end())
      return fail(Errc::usage, fmt::format("{} is named twice", name));
    if (names.size() > 1 && !users_topic(*topic))
      return fail(Errc::usage, fmt::format("{} is written by kappa itself, and is read alone", name),
                  fmt::format("kappa read {}", name));
    topics.push_back(std::move(*topic));
  }
  return topics;
}

Result<std::optional<std::uint32_t>> partition_of(const log::TopicInfo& topic, std::optional<std::uint64_t> asked_for) {
  if (!asked_for) return topic.partitions == 1 ? std::optional<std::uint32_t>(0) : std::nullopt;
  if (*asked_for < topic.partitions) return static_cast<std::uint32_t>(*asked_for);
  const std::string there_are = topic.partitions == 1
                                    ? "1 partition, 0"
                                    : fmt::format("{} partitions, 0 to {}", topic.partitions, topic.partitions - 1);
  return fail(Errc::not_found, fmt::format("{} has {}; there is no partition {}", topic.name, there_are, *asked_for),
              fmt::format("kappa topic info {}", topic.name));
}

std::string partition_name(const log::TopicInfo& topic, std::uint32_t partition) {
  return topic.partitions == 1 ? topic.name : fmt::format("{} [{}]", topic.name, partition);
}

bool is_of_one(const Error& error) {
  return error.code == Errc::corruption || error.code == Errc::io;
}

const char* instead_of_count(const Error& error) {
  return error.code == Errc::corruption ? "damaged" : "unreadable";
}

Result<log::TopicInfo> topic_for_append(const Context& context, log::Directory& directory, const std::string& name,
                                        std::optional<std::uint64_t> partition) {
  auto found = directory.catalog().find_topic(name);
  if (!found) return propagate(found);
  if (*found) {
    if ((*found)->kind != log::TopicKind::user) return refuse_append(**found);
    return **found;
  }
  if (auto fine = log::check_user_topic_name(name); !fine) return propagate(fine);
  if (partition.value_or(0) > 0)
    return fail(Errc::not_found, fmt::format("no topic {}, and append makes topics of one partition", name),
                fmt::format("kappa topic create {} --partitions {}", name, *partition + 1));
  auto topics = directory.catalog().topics();
  if (!topics) return propagate(topics);
  auto created = directory.create_topic(name, log::TopicKind::user);
  if (!created && created.error().code == Errc::conflict) {
    // Another process was quicker: its topic is as good.
    found = directory.catalog().find_topic(name);
    if (!found || *found) return find_topic(context, directory, name);
  }
  if (!created) return created;
  const std::string near = near_miss(name, names_of(*topics, users_topic));
  context.say(near.empty()
                  ? fmt::format("created topic {}", name)
                  : fmt::format("created topic {} (there is also {}; if that was meant: kappa topic delete {})", name,
                                near, name));
  return created;
}

std::function<void(const std::string&)> warn_through(const Context& context) {
  return [&context](const std::string& warning) { context.say("warning: " + warning); };
}

std::string kind_name(log::TopicKind kind) {
  switch (kind) {
    case log::TopicKind::user:
      return "user";
    case log::TopicKind::changelog:
      return "view";
    case log::TopicKind::errors:
      return "errors";
    case log::TopicKind::catalog:
      return "catalog";
  }
  return "unknown";
}

Result<void> confirm(const std::string& question, Confirmed confirmed) {
  if (confirmed == Confirmed::yes) return {};
  if (::isatty(STDIN_FILENO) == 0) {
    return fail(Errc::usage, fmt::format("{} needs --yes where there is no terminal to ask", question),
                "repeat the command with --yes");
  }
  std::fputs(fmt::format("{}? Type yes: ", question).c_str(), stderr);
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "yes") return {};
  return fail(Errc::answer_no, "nothing was done");
}

}  // namespace kappa::cli
