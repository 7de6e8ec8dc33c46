#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kappa::powercut {

/// A kind of file system, as it is made and mounted.
struct FileSystem {
  std::string_view name;     ///< As `./dev powercut --fs` has it.
  std::string_view type;     ///< As mount(2) has it.
  std::string_view options;  ///< As mount(2) has them.
  std::vector<std::string> make;
  std::uint64_t bytes;
};

[[nodiscard]] const std::vector<FileSystem>& file_systems();

/// Why none can be made and mounted here; empty: they can.
[[nodiscard]] std::string why_no_mounts();
/// Why this one cannot be made; empty: it can.
[[nodiscard]] std::string why_not_made(const FileSystem& file_system);

/// Goes into a mount namespace of its own, which ends with the processes in it, with an empty file system at `place`.
/// The namespace that was left, as an open file.
[[nodiscard]] int enter_own_mounts(const std::string& place);
/// Makes an empty file system in a new file; ends the process with a message where that fails.
void make_file_system(const FileSystem& file_system, const std::string& file);
/// Mounts what is in the file, over a loop device that goes with the mount; the file system's journal is replayed.
/// Gives the reason where that fails, else nothing.
[[nodiscard]] std::string mount_file(const FileSystem& file_system, const std::string& file, const std::string& place);
void unmount(const std::string& place);

}  // namespace kappa::powercut
