#include "failing_seam.hpp"

#include <algorithm>
#include <fstream>

namespace kappa::test {
namespace {

std::unexpected<Error> failed(const std::string& what, const std::string& path) {
  return fail(Errc::io, "cannot " + what + " " + path + ": the test says so");
}

}  // namespace

bool FailingSeam::hits(bool same_kind) {
  if (!same_kind || left_ == 0 || --left_ > 0) return false;
  return fired_ = true;
}

Result<void> FailingSeam::write(const log::File& file, std::uint64_t position, std::span<const Bytes> parts) {
  std::vector<std::byte> bytes;
  for (const Bytes part : parts) bytes.insert(bytes.end(), part.begin(), part.end());
  const bool fails = hits(fault_ <= Fault::write_all);
  if (fails && fault_ == Fault::write_none) bytes.clear();
  if (fails && fault_ == Fault::write_half) bytes.resize(bytes.size() / 2);
  files_[file.path()].dirty.push_back({position, position + bytes.size()});
  const Bytes whole[] = {bytes};
  if (auto put = real().write(file, position, whole); !put) return put;
  if (fails) return failed("write", file.path());
  return {};
}

Result<void> FailingSeam::allocate(const log::File& file, std::uint64_t size) {
  if (hits(fault_ == Fault::allocate)) return failed("reserve space for", file.path());
  return real().allocate(file, size);
}

Result<void> FailingSeam::lose(const log::File& file) {
  Device& device = files_[file.path()];
  std::vector<std::byte> stored = device.bytes;
  for (const Range& range : device.dirty) {
    if (fault_ != Fault::sync_evicting || range.begin == range.end) continue;
    if (stored.size() < range.end) stored.resize(range.end);
    const Bytes parts[] = {Bytes(stored).subspan(range.begin, range.end - range.begin)};
    if (auto put = real().write(file, range.begin, parts); !put) return put;
  }
  device.dirty.clear();
  return failed("sync", file.path());
}

Result<void> FailingSeam::store(const log::File& file) {
  Device& device = files_[file.path()];
  auto size = real().size(file);
  if (!size) return propagate(size);
  device.bytes.resize(*size);
  for (const Range& range : device.dirty) {
    const std::uint64_t end = std::min(range.end, *size);
    if (range.begin >= end) continue;
    auto got = real().read(file, range.begin, std::span(device.bytes).subspan(range.begin, end - range.begin));
    if (!got) return propagate(got);
  }
  device.dirty.clear();
  device.synced = true;
  return {};
}

Result<void> FailingSeam::any_sync(const log::File& file) {
  const bool fails = hits(fault_ >= Fault::sync);
  if (std::filesystem::is_directory(file.path())) {
    if (fails) return failed("sync", file.path());
    return {};
  }
  return fails ? lose(file) : store(file);
}
Result<void> FailingSeam::sync_data(const log::File& file) {
  return any_sync(file);
}
Result<void> FailingSeam::sync(const log::File& file) {
  return any_sync(file);
}

Result<void> FailingSeam::rename(const std::string& from, const std::string& to) {
  auto renamed = real().rename(from, to);
  if (renamed) {
    files_[to] = std::move(files_[from]);
    files_.erase(from);
  }
  return renamed;
}

void FailingSeam::restore_device(const std::filesystem::path& from, const std::filesystem::path& to) const {
  for (const auto& [path, device] : files_) {
    if (!device.synced || !std::filesystem::exists(path)) continue;
    const std::filesystem::path copy = to / std::filesystem::relative(path, from);
    std::filesystem::create_directories(copy.parent_path());
    std::ofstream(copy, std::ios::binary)
        .write(reinterpret_cast<const char*>(device.bytes.data()), static_cast<std::streamsize>(device.bytes.size()));
  }
}

}  // namespace kappa::test
