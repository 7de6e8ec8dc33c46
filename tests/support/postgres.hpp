#pragma once
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <expected>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "temporary_directory.hpp"

namespace kappa::test {

using PostgresRow = std::vector<std::optional<std::string>>;
using PostgresRows = std::vector<PostgresRow>;

struct PostgresError {
  std::string sqlstate;  ///< Empty where psql itself failed.
  std::string message;   ///< All that psql wrote to stderr, verbose.
};

/// A PostgreSQL 15 of its own, the oracle of tests: a fresh cluster in a temporary directory (locale C, UTF-8, UTC, no
/// parallel workers, no fsync), reached only through a socket there. The destructor stops the server and removes the
/// directory; the kernel stops it when the thread that called start() dies, so start it from the main thread. As root
/// it runs as user postgres or nobody, since PostgreSQL refuses root. Not thread-safe.
class PostgresServer {
 public:
  /// Or the reason, with a hint what to do.
  [[nodiscard]] static std::expected<std::unique_ptr<PostgresServer>, std::string> start();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// Runs a psql script (SQL, also \copy) in a session of its own, stops at the first error. The rows are those of its
  /// one query that returns rows; tables and functions it makes stay for later calls.
  [[nodiscard]] std::expected<PostgresRows, PostgresError> query(const std::string& script) const;

  /// The server's temporary directory, for files that \copy reads.
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_.path(); }

 private:
  explicit PostgresServer(std::filesystem::path programs) : programs_(std::move(programs)) {}

  [[nodiscard]] pid_t spawn(const std::vector<std::string>& command, std::string_view log, uid_t user) const;
  [[nodiscard]] bool succeeds(const std::vector<std::string>& command, std::string_view log, uid_t user) const;
  [[nodiscard]] bool wait_until_ready();
  [[nodiscard]] std::string read(std::string_view name) const;

  TemporaryDirectory directory_{"/tmp"};  // Not $TMPDIR: a socket's path is 107 bytes at most.
  std::filesystem::path programs_;
  pid_t server_ = -1;
};

/// The server shared by the tests of one executable, started on first use; a failure of the running test and null where
/// there is none.
[[nodiscard]] inline PostgresServer* shared_postgres() {
  static const auto server = PostgresServer::start();
  if (!server) ADD_FAILURE() << server.error();
  return server ? server->get() : nullptr;
}

/// Any text as a literal of PostgreSQL.
[[nodiscard]] inline std::string quote_literal(std::string_view text) {
  std::string quoted = "E'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += c == '\'' ? '\'' : '\\';
    quoted += c;
  }
  return quoted + "'";
}

// Implementation. Everything goes through files in the temporary directory, so no pipe can fill up and block.

namespace postgres_detail {

inline constexpr char kFieldSeparator = '\x1f';
inline constexpr char kRowSeparator = '\x1e';
inline constexpr std::string_view kNull = "\x1d";
inline constexpr uid_t kRoot = 0;

/// The user a server started by root runs as.
[[nodiscard]] inline uid_t server_user() {
  if (geteuid() != kRoot) return geteuid();
  for (const char* name : {"postgres", "nobody"})
    if (const passwd* entry = getpwnam(name)) return entry->pw_uid;
  return kRoot;
}

[[nodiscard]] inline std::filesystem::path find_programs() {
  const char* named = std::getenv("KAPPA_POSTGRES_BIN");
  return named != nullptr ? named : "/usr/lib/postgresql/15/bin";
}

[[nodiscard]] inline PostgresRow split_row(std::string_view line) {
  PostgresRow row;
  while (true) {
    const std::size_t end = line.find(kFieldSeparator);
    const std::string_view field = line.substr(0, end);
    row.push_back(field == kNull ? std::nullopt : std::optional<std::string>(field));
    if (end == std::string_view::npos) return row;
    line.remove_prefix(end + 1);
  }
}

[[nodiscard]] inline PostgresRows split_rows(std::string_view text) {
  PostgresRows rows;
  if (text.empty()) return rows;
  text.remove_suffix(1);  // psql ends the last row with a newline whatever the separator is.
  while (true) {
    const std::size_t end = text.find(kRowSeparator);
    rows.push_back(split_row(text.substr(0, end)));
    if (end == std::string_view::npos) return rows;
    text.remove_prefix(end + 1);
  }
}

/// The code in psql's verbose "ERROR:  22003: message".
[[nodiscard]] inline std::string find_sqlstate(const std::string& message) {
  constexpr std::string_view kMark = "ERROR:  ";
  const std::size_t at = message.find(kMark);
  return at == std::string::npos ? "" : message.substr(at + kMark.size(), 5);
}

/// In the child: becomes the command, or ends. Only calls that are safe between fork and exec.
[[noreturn]] inline void become(char* const* arguments, int log, int null, uid_t user) {
  if (geteuid() == kRoot && user != kRoot && (setgid(user) != 0 || setuid(user) != 0)) _exit(126);
  prctl(PR_SET_PDEATHSIG, SIGQUIT);  // After setuid, which clears it.
  dup2(null, STDIN_FILENO);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  execv(arguments[0], arguments);
  _exit(127);
}

}  // namespace postgres_detail

inline pid_t PostgresServer::spawn(const std::vector<std::string>& command, std::string_view log, uid_t user) const {
  std::vector<std::string> owned = command;
  std::vector<char*> arguments;
  for (std::string& word : owned) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const int output = open((directory() / log).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const pid_t child = fork();
  if (child == 0) postgres_detail::become(arguments.data(), output, null, user);
  close(output);
  close(null);
  return child;
}

inline bool PostgresServer::succeeds(const std::vector<std::string>& command, std::string_view log, uid_t user) const {
  const pid_t child = spawn(command, log, user);
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

inline std::string PostgresServer::read(std::string_view name) const {
  std::ifstream file(directory() / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline bool PostgresServer::wait_until_ready() {
  constexpr int kAttempts = 3000;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (waitpid(server_, nullptr, WNOHANG) == server_) {
      server_ = -1;
      return false;
    }
    // The last line of the pid file says "ready" once the server takes connections.
    if (read("data/postmaster.pid").find("ready") != std::string::npos) return true;
    usleep(10'000);  // Polling a file of another program: there is no event to wait for.
  }
  return false;
}

inline std::expected<std::unique_ptr<PostgresServer>, std::string> PostgresServer::start() {
  const std::filesystem::path programs = postgres_detail::find_programs();
  if (!std::filesystem::exists(programs / "initdb"))
    return std::unexpected(fmt::format(
        "no PostgreSQL 15 in {} (the oracle of this test); run ./dev setup to install it, or set KAPPA_POSTGRES_BIN",
        programs.string()));
  std::unique_ptr<PostgresServer> server(new PostgresServer(programs));
  const std::string directory = server->directory().string();

  const uid_t user = postgres_detail::server_user();
  if (user != geteuid() && chown(directory.c_str(), user, user) != 0)
    return std::unexpected(fmt::format("cannot give {} to user {}", directory, user));
  const std::string data = directory + "/data";
  if (!server->succeeds({programs / "initdb", "-D", data, "-U", "kappa", "-A", "trust", "--locale=C", "-E", "UTF8",
                         "--no-sync", "--no-instructions"},
                        "initdb.log", user))
    return std::unexpected("initdb failed: " + server->read("initdb.log"));
  std::vector<std::string> command{programs / "postgres", "-D", data, "-k", directory};
  for (const char* setting :
       {"listen_addresses=", "fsync=off", "timezone=UTC", "datestyle=ISO, MDY", "intervalstyle=postgres",
        "max_parallel_workers_per_gather=0", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"}) {
    command.insert(command.end(), {"-c", setting});
  }
  server->server_ = server->spawn(command, "server.log", user);
  if (!server->wait_until_ready())
    return std::unexpected("PostgreSQL did not become ready: " + server->read("server.log"));
  return server;
}

inline PostgresServer::~PostgresServer() {
  if (server_ > 0) {
    kill(server_, SIGQUIT);
    waitpid(server_, nullptr, 0);
  }
}

inline std::expected<PostgresRows, PostgresError> PostgresServer::query(const std::string& script) const {
  using namespace postgres_detail;
  std::ofstream(directory() / "script.sql", std::ios::binary) << script << "\n;\n";
  const std::string output = directory() / "rows";
  std::filesystem::remove(output);
  const bool done = succeeds({programs_ / "psql",
                              "-XqAt",
                              "-h",
                              directory(),
                              "-U",
                              "kappa",
                              "-d",
                              "postgres",
                              "-v",
                              "ON_ERROR_STOP=1",
                              "-v",
                              "VERBOSITY=verbose",
                              "-F",
                              std::string(1, kFieldSeparator),
                              "-R",
                              std::string(1, kRowSeparator),
                              "-P",
                              fmt::format("null={}", kNull),
                              "-o",
                              output,
                              "-f",
                              directory() / "script.sql"},
                             "psql.log", geteuid());
  if (done) return split_rows(read("rows"));
  const std::string message = read("psql.log");
  return std::unexpected(PostgresError{find_sqlstate(message), message});
}

}  // namespace kappa::test
