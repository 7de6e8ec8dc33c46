#pragma once
#include <algorithm>
#include <map>
#include <string>

#include "disk_seam.hpp"
#include "forwarding_seam.hpp"

namespace kappa::test {

/// The operating system's files below a folder, with the clocks, the randomness and the identity of a simulated
/// machine, and names listed in its order: time passes there with each look at it and each wait. For processes of one
/// thread. Not thread-safe.
class PlacedSeam final : public ForwardingSeam {
 public:
  PlacedSeam(std::string folder, DiskSeam& machine) : folder_(std::move(folder)), machine_(machine) {}

  Result<log::File> open(const std::string& path, log::OpenMode mode) override {
    return real().open(folder_ + path, mode);
  }
  Result<std::vector<std::string>> list(const std::string& directory) override {
    auto names = real().list(folder_ + directory);
    if (names) std::ranges::sort(*names);
    return names;
  }
  Result<void> make_directory(const std::string& path) override { return real().make_directory(folder_ + path); }
  Result<void> rename(const std::string& from, const std::string& to) override {
    return real().rename(folder_ + from, folder_ + to);
  }
  Result<void> remove(const std::string& path) override { return real().remove(folder_ + path); }
  Result<log::FileSystem> file_system(const std::string& path) override {
    auto kind = real().file_system(folder_ + path);
    return kind ? log::FileSystem::ordinary : kind;  // As the simulated one is, whatever the folder lies on.
  }

  Result<log::SharedPage> map(const log::File& file, log::OpenMode mode) override {
    auto page = real().map(file, mode);
    if (!page) return page;
    std::byte* memory = page->memory();
    pages_.emplace(memory, std::move(*page));
    return log::SharedPage(*this, memory);
  }
  void unmap(std::byte* memory) override { pages_.erase(memory); }
  void wait(const log::SharedPage& page, std::uint32_t offset, std::uint32_t expected, std::chrono::nanoseconds timeout,
            std::uint32_t channels) override {
    machine_.wait(page, offset, expected, timeout, channels);
  }

  Micros now() override { return machine_.now(); }
  std::chrono::nanoseconds monotonic() override { return machine_.monotonic(); }
  void yield() override { machine_.yield(); }
  std::uint64_t random() override { return machine_.random(); }
  std::uint32_t pid() override { return machine_.pid(); }
  std::uint64_t boot_id() override { return machine_.boot_id(); }

 private:
  std::string folder_;
  DiskSeam& machine_;
  std::map<std::byte*, log::SharedPage> pages_;
};

}  // namespace kappa::test
