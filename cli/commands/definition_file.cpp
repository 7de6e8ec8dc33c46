#include "commands/definition_file.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "kappa/sql/compile.hpp"

namespace kappa::cli {
namespace {

// The compiler has its own, smaller limit and names it; this one keeps a wrong file out of memory.
constexpr std::size_t kFileBytesMax = std::size_t{16} << 20;
/// Some editors begin a file of UTF-8 with it; it is no part of the text, as for psql.
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != stdin) (void)std::fclose(file);
  }
};

Result<std::string> read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, CloseFile> file(path == "-" ? stdin : std::fopen(path.c_str(), "re"));
  const auto fail_with_errno = [&path](const char* what) {
    return fail(errno == ENOENT ? Errc::not_found : Errc::io,
                fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)),
                "name a file of SQL, or - for standard input");
  };
  if (!file) return fail_with_errno("open");
  std::string text;
  std::array<char, 65536> piece;
  while (const std::size_t got = std::fread(piece.data(), 1, piece.size(), file.get())) {
    text.append(piece.data(), got);
    if (text.size() > kFileBytesMax) {
      return fail(Errc::bad_input, fmt::format("{} is no file of SQL: more than {} bytes", path, kFileBytesMax));
    }
  }
  if (std::ferror(file.get()) != 0) return fail_with_errno("read");
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  return text;
}

}  // namespace

Result<replay::Definition> load_definition(const Context& context, const std::string& path) {
  auto text = read_file(path);
  if (!text) return propagate(text);
  auto compiled = sql::compile(*text, path == "-" ? "stdin" : path);
  if (!compiled) return propagate(compiled);
  for (const sql::Warning& warning : compiled->warnings) context.say("warning: " + warning.message);
  return replay::define(std::move(compiled->program), std::move(*text));
}

Result<replay::Definition> compile_stored(const std::string& sql) {
  auto compiled = sql::compile(sql, "stored definition");
  if (!compiled) return propagate(compiled);
  return replay::define(std::move(compiled->program), sql);
}

}  // namespace kappa::cli
