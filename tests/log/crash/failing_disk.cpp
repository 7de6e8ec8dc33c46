#include "failing_disk.hpp"

namespace kappa::test {

bool FailingDisk::concerns(Needs needs) const {
  switch (call_.kind) {
    case FailingCall::Kind::no_space:
      return needs == Needs::space;
    case FailingCall::Kind::no_descriptors:
      return needs == Needs::descriptor;
    case FailingCall::Kind::lost:
    case FailingCall::Kind::evicted:
      return needs == Needs::sync;
    case FailingCall::Kind::refused:
    case FailingCall::Kind::half:
      return true;
  }
  return true;
}

bool FailingDisk::hits(Needs needs) {
  if (!concerns(needs)) return false;
  if (call_.fired && call_.for_good) return true;
  if (call_.left == 0 || --call_.left > 0) return false;
  return call_.fired = true;
}

Result<void> FailingDisk::write(const log::File& file, std::uint64_t position, std::span<const Bytes> parts) {
  if (!hits(Needs::space)) return real().write(file, position, parts);
  if (call_.kind == FailingCall::Kind::half) {
    const Bytes half[] = {parts[0].first(parts[0].size() / 2)};
    if (auto put = real().write(file, position, half); !put) return put;
  }
  return failed(file.path());
}

Result<void> FailingDisk::fail_sync(const log::File& file) {
  if (loses() && !file.is_directory()) disk_.disk().lose(disk_.inode(file), call_.kind == FailingCall::Kind::evicted);
  return failed(file.path());
}

}  // namespace kappa::test
