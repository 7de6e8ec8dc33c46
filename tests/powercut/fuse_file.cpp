// The kernel asks, one request a read() of /dev/fuse, and is answered with one writev(). Of the protocol only what a
// regular file that is read, written and synced needs is spoken; all else is said to be unknown (ENOSYS), which the
// kernel remembers and does without. The page cache is kept out of the way (FOPEN_DIRECT_IO): it would know nothing of
// a loss of power.
#include "fuse_file.hpp"

#include <fcntl.h>
#include <linux/fuse.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "fmt/format.h"

namespace kappa::powercut {
namespace {

constexpr std::uint32_t kTransferBytesMax = 1U << 20U;
constexpr std::uint64_t kAttributesValidSeconds = 3600;

}  // namespace

struct FuseFile::Request {
  fuse_in_header header{};
  Bytes body;

  template <typename T>
  [[nodiscard]] T as() const {
    T value{};
    std::memcpy(&value, body.data(), std::min(sizeof value, body.size()));
    return value;
  }
};

FuseFile::FuseFile(int device, FileBackend& backend)
    : backend_(backend), device_(device), received_(kTransferBytesMax + 65536), sent_(kTransferBytesMax) {}

int FuseFile::mount_at(const std::string& path) {
  const int device = ::open("/dev/fuse", O_RDWR | O_CLOEXEC);
  const std::string options = fmt::format("fd={},rootmode={:o},user_id=0,group_id=0", device, S_IFREG | 0600U);
  if (device >= 0 && mount("powercut", path.c_str(), "fuse", MS_NODEV | MS_NOSUID, options.c_str()) == 0) return device;
  std::perror(path.c_str());
  std::exit(1);
}

bool FuseFile::serve_one() {
  ssize_t got = 0;
  do {
    got = ::read(device_, received_.data(), received_.size());
  } while (got < 0 && (errno == EINTR || errno == ENOENT || errno == EAGAIN));
  if (got < static_cast<ssize_t>(sizeof(fuse_in_header))) return false;
  Request request;
  std::memcpy(&request.header, received_.data(), sizeof request.header);
  request.body = Bytes(received_).subspan(sizeof request.header, static_cast<std::size_t>(got) - sizeof request.header);
  answer(request);
  return true;
}

void FuseFile::reply(const Request& request, int error, Bytes body) const {
  fuse_out_header header{static_cast<std::uint32_t>(sizeof(fuse_out_header) + body.size()), -error,
                         request.header.unique};
  const iovec parts[] = {{&header, sizeof header}, {const_cast<std::byte*>(body.data()), body.size()}};
  // A request that was interrupted meanwhile is no longer waited for.
  if (::writev(device_, parts, body.empty() ? 1 : 2) < 0 && errno != ENOENT) std::perror("answering the kernel");
}

template <typename T>
void FuseFile::reply(const Request& request, const T& body) const {
  reply(request, 0, std::as_bytes(std::span(&body, 1)));
}

void FuseFile::answer(const Request& request) {
  switch (request.header.opcode) {
    case FUSE_INIT:
      return answer_init(request);
    case FUSE_GETATTR:
      return answer_attributes(request);
    case FUSE_OPEN:
      return reply(request, fuse_open_out{0, FOPEN_DIRECT_IO, 0});
    case FUSE_READ:
      return answer_read(request);
    case FUSE_WRITE:
      return answer_write(request);
    case FUSE_FSYNC:
      backend_.flush();
      return reply(request, 0);
    case FUSE_RELEASE:
    case FUSE_FLUSH:
    case FUSE_DESTROY:
      return reply(request, 0);
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
    case FUSE_INTERRUPT:
      return;  // Not answered.
    default:
      return reply(request, ENOSYS);
  }
}

void FuseFile::answer_init(const Request& request) {
  const auto asked = request.as<fuse_init_in>();
  fuse_init_out init{};
  init.major = FUSE_KERNEL_VERSION;
  init.minor = FUSE_KERNEL_MINOR_VERSION;
  init.max_readahead = asked.max_readahead;
  init.flags = asked.flags & (FUSE_BIG_WRITES | FUSE_MAX_PAGES);
  init.max_write = kTransferBytesMax;
  init.time_gran = 1;
  init.max_pages = kTransferBytesMax / 4096;
  reply(request, init);
}

void FuseFile::answer_attributes(const Request& request) {
  fuse_attr_out out{};
  out.attr_valid = kAttributesValidSeconds;
  out.attr.ino = request.header.nodeid;
  out.attr.size = backend_.size();
  out.attr.blocks = backend_.size() / 512;
  out.attr.blksize = 4096;
  out.attr.mode = S_IFREG | 0600U;
  out.attr.nlink = 1;
  reply(request, out);
}

void FuseFile::answer_read(const Request& request) {
  const auto asked = request.as<fuse_read_in>();
  const std::uint64_t left = backend_.size() - std::min(backend_.size(), asked.offset);
  const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>({asked.size, left, sent_.size()}));
  backend_.read(asked.offset, std::span(sent_).first(bytes));
  reply(request, 0, Bytes(sent_).first(bytes));
}

void FuseFile::answer_write(const Request& request) {
  const auto asked = request.as<fuse_write_in>();
  const Bytes content = request.body.subspan(sizeof asked);
  if (asked.offset + content.size() > backend_.size()) return reply(request, ENOSPC);
  backend_.write(asked.offset, content);
  reply(request, fuse_write_out{static_cast<std::uint32_t>(content.size()), 0});
}

}  // namespace kappa::powercut
