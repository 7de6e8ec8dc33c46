#pragma once
#include <cstdio>

#include "fmt/format.h"
#include "forwarding_seam.hpp"

namespace kappa::test {

/// Tells of each call of another seam a line, as calls.awk does of the real ones: looks at sizes are left out, and what
/// the names of closed files say. Not thread-safe.
class TellingSeam final : public ForwardingSeam {
 public:
  TellingSeam(log::Seam& seam, std::FILE* to) : ForwardingSeam(seam), to_(to) {}
  /// Tells nothing any more.
  void silence() { to_ = nullptr; }

  Result<log::File> open(const std::string& path, log::OpenMode mode) override {
    static constexpr std::array kModes{"read", "write", "create", "create_new", "directory"};
    return tell(real().open(path, mode), "open {} {}", path, kModes[static_cast<std::size_t>(mode)]);
  }
  Result<std::size_t> read(const log::File& file, std::uint64_t position, std::span<std::byte> buffer) override {
    auto got = real().read(file, position, buffer);
    const std::size_t bytes = got.value_or(0);
    // Behind the end there is one call that gets nothing.
    if (bytes == 0) return got;
    return tell(std::move(got), "read {} {} {}", file.path(), position, bytes);
  }
  Result<std::size_t> read_device(const log::File& file, std::uint64_t position, std::span<std::byte> buffer) override {
    return tell(real().read_device(file, position, buffer), "read_device {}", file.path());
  }
  Result<void> write(const log::File& file, std::uint64_t position, std::span<const Bytes> parts) override {
    std::size_t bytes = 0;
    for (const Bytes part : parts) bytes += part.size();
    return tell(real().write(file, position, parts), "write {} {} {}", file.path(), position, bytes);
  }
  Result<void> sync_data(const log::File& file) override {
    return tell(real().sync_data(file), "sync_data {}", file.path());
  }
  Result<void> sync(const log::File& file) override { return tell(real().sync(file), "sync {}", file.path()); }
  Result<void> allocate(const log::File& file, std::uint64_t size) override {
    return tell(real().allocate(file, size), "allocate {} {}", file.path(), size);
  }
  Result<void> truncate(const log::File& file, std::uint64_t size) override {
    return tell(real().truncate(file, size), "truncate {} {}", file.path(), size);
  }
  Result<void> copy_access(const log::File& from, const log::File& to) override {
    return tell(real().copy_access(from, to), "copy_access {}", to.path());
  }
  Result<std::vector<std::string>> list(const std::string& directory) override {
    return tell(real().list(directory), "list {}", directory);
  }
  Result<void> make_directory(const std::string& path) override {
    return tell(real().make_directory(path), "make_directory {}", path);
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    return tell(real().rename(from, to), "rename {} {}", from, to);
  }
  Result<void> remove(const std::string& path) override { return tell(real().remove(path), "remove {}", path); }
  Result<log::FileSystem> file_system(const std::string& path) override {
    return tell(real().file_system(path), "file_system {}", path);
  }
  Result<bool> lock(const log::File& file, log::LockMode mode, std::chrono::nanoseconds timeout) override {
    auto got = real().lock(file, mode, timeout);
    const bool held = got && !*got;
    return tell(std::move(got), "lock {} {}{}", file.path(), mode == log::LockMode::shared ? "shared" : "exclusive",
                held ? " held" : "");
  }
  void unlock(const log::File& file) override {
    real().unlock(file);
    static_cast<void>(tell(Result<void>{}, "unlock {}", file.path()));
  }
  Result<log::SharedPage> map(const log::File& file, log::OpenMode mode) override {
    return tell(real().map(file, mode), "map {} {}", file.path(), mode == log::OpenMode::read ? "read" : "write");
  }

 private:
  template <typename T, typename... Parts>
  Result<T> tell(Result<T> result, fmt::format_string<const Parts&...> form, const Parts&... parts) {
    if (to_ == nullptr) return result;
    std::string line = fmt::format(form, parts...);
    if (!result) line += result.error().code == Errc::not_found ? " not_found" : " failed";
    fmt::print(to_, "{}\n", line);
    return result;
  }

  std::FILE* to_;
};

}  // namespace kappa::test
