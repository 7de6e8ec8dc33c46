// From text to a program: limits, a thread with enough stack, and the one place where a refusal becomes an error.
//
// libpg_query recurses without a limit of its own while it prints its tree, one level for each level of an expression,
// and a level costs at least one byte of text. On a stack of kStackBytes it has 4 KiB for each byte of the longest text
// that we take; it needs about 120 bytes. The caller's own stack may be of any size.
#include "kappa/sql/compile.hpp"

#include <fmt/format.h>
#include <pthread.h>

#include <cstring>
#include <optional>

#include "file_binder.hpp"
#include "identifier_limit.hpp"
#include "kappa/base/utf8.hpp"

namespace kappa::sql {
namespace {

constexpr std::size_t kTextBytesMax = 65'536;
constexpr std::size_t kStackBytes = std::size_t{256} << 20;  // Address space only: pages come as they are touched.

void check_text(const Source& source) {
  const std::string_view text = source.text();
  if (text.size() > kTextBytesMax)
    source.refuse(0, fmt::format("the text has {} bytes; the limit is {}", text.size(), kTextBytesMax),
                  "split it into several files");
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = character_bytes(text.substr(i));
    if (length == 0 || text[i] == '\0')
      source.refuse(static_cast<int>(i), length == 0 ? "invalid UTF-8" : "a NUL character", "SQL text is UTF-8");
    i += length;
  }
}

[[nodiscard]] Result<Compiled> compile_here(std::string_view text, std::string_view file) {
  Source source(text, file);
  try {
    check_text(source);
    check_identifiers(source);
    FileBinder binder(source);
    for (const Statement& statement : parse(source)) binder.bind(statement);
    return binder.finish();
  } catch (Refusal& refusal) {
    return std::unexpected(std::move(refusal.error));
  }
}

struct Task {
  std::string_view text;
  std::string_view file;
  std::optional<Result<Compiled>> result;
};

void* run_task(void* argument) {
  auto* task = static_cast<Task*>(argument);
  task->result = compile_here(task->text, task->file);
  return nullptr;
}

}  // namespace

Result<Compiled> compile(std::string_view text, std::string_view file) {
  Task task{text, file, std::nullopt};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_t thread{};
  const int failed = pthread_create(&thread, &attributes, run_task, &task);
  pthread_attr_destroy(&attributes);
  if (failed != 0)
    return fail(Errc::io, fmt::format("{}: cannot start a thread to compile it: {}", file, std::strerror(failed)),
                "try again when the machine has memory and threads to spare");
  pthread_join(thread, nullptr);
  return std::move(*task.result);
}

}  // namespace kappa::sql
