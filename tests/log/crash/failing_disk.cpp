#include "failing_disk.hpp"

namespace kappa::test {

Result<void> FailingDisk::write(const log::File& file, std::uint64_t position, std::span<const Bytes> parts) {
  if (!hits()) return real().write(file, position, parts);
  if (call_.kind == FailingCall::Kind::half) {
    const Bytes half[] = {parts[0].first(parts[0].size() / 2)};
    if (auto put = real().write(file, position, half); !put) return put;
  }
  return failed(file.path());
}

Result<void> FailingDisk::fail_sync(const log::File& file) {
  const bool loses = counts_syncs_only() && !file.is_directory();
  if (loses) disk_.disk().lose(disk_.inode(file), call_.kind == FailingCall::Kind::evicted);
  return failed(file.path());
}

}  // namespace kappa::test
