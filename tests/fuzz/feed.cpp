// Feeds files, and all files of folders, to a fuzzer: how seeds and former findings run where there is no libFuzzer.
#include <filesystem>
#include <fstream>
#include <vector>

#include "fuzz.hpp"

namespace {

void feed(const std::filesystem::path& path) {
  // Of the input's exact size, so that the address sanitizer sees what is read past its end.
  std::vector<std::byte> bytes(std::filesystem::file_size(path));
  std::ifstream(path, std::ios::binary)
      .read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  fmt::print("{}\n", path.string());
  static_cast<void>(std::fflush(stdout));
  kappa::fuzz::run(bytes);
}

}  // namespace

int main(int count, char** arguments) {
  std::size_t fed = 0;
  for (int i = 1; i < count; ++i) {
    std::vector<std::filesystem::path> paths{arguments[i]};
    if (std::filesystem::is_directory(paths[0])) {
      paths.clear();
      for (const auto& entry : std::filesystem::directory_iterator(arguments[i])) paths.push_back(entry.path());
    }
    std::ranges::sort(paths);
    for (const auto& path : paths) feed(path), ++fed;
  }
  if (fed == 0) fmt::print(stderr, "usage: {} FILE|FOLDER...\n", arguments[0]);
  return fed == 0 ? 2 : 0;
}
