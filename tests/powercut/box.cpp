#include "box.hpp"

#include <sys/mount.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "fmt/format.h"

namespace kappa::powercut {
namespace {

/// Makes a file, so that something can be mounted over it.
std::string empty_file(const std::string& path) {
  std::ofstream(path).flush();
  return path;
}

[[noreturn]] void give_up(const std::string& what) {
  std::fprintf(stderr, "powercut: %s\n", what.c_str());
  std::exit(1);
}

}  // namespace

Box::Box(const FileSystem& file_system, std::string place, int outer_mounts)
    : file_system_(file_system), place_(std::move(place)), disk_(make_files(), place_ + "/empty", outer_mounts) {
  // The processes in the box are to see another start of the machine each time.
  give_new_boot_id();
  if (mount((place_ + "/boot_id").c_str(), "/proc/sys/kernel/random/boot_id", nullptr, MS_BIND, nullptr) != 0)
    give_up("cannot give the box a boot id of its own");
}

std::string Box::make_files() {
  std::filesystem::create_directories(root());
  make_file_system(file_system_, place_ + "/empty");
  return empty_file(place_ + "/disk");
}

Box::~Box() {
  leave();
  umount2("/proc/sys/kernel/random/boot_id", MNT_DETACH);
  umount2((place_ + "/disk").c_str(), MNT_DETACH);
}

void Box::give_new_boot_id() {
  std::ofstream(place_ + "/boot_id") << fmt::format("{:08x}-0000-4000-8000-000000000000\n", ++starts_);
}

void Box::leave() {
  if (mounted_) unmount(root());
  mounted_ = false;
}

void Box::start_afresh() {
  leave();
  if (!disk_.load_empty()) give_up("the empty file system cannot be read");
  if (const std::string why = start_again(); !why.empty()) give_up(why);
}

std::string Box::start_again() {
  leave();
  disk_.restart();
  give_new_boot_id();
  const std::string why = mount_file(file_system_, place_ + "/disk", root());
  mounted_ = why.empty();
  return why;
}

}  // namespace kappa::powercut
