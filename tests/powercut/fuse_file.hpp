#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "kappa/base/bytes.hpp"

namespace kappa::powercut {

/// What stands behind a FuseFile. The span that read() fills and that write() gets is valid during the call.
class FileBackend {
 public:
  virtual ~FileBackend() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  virtual void read(std::uint64_t position, std::span<std::byte> into) = 0;
  virtual void write(std::uint64_t position, Bytes from) = 0;
  virtual void flush() = 0;
};

/// A single file whose content is another object's business: a FUSE file system of which the file is the root, spoken
/// with the kernel directly (linux/fuse.h). One request at a time: the next one is taken when the last one is answered.
/// Not thread-safe. Ends with an aborted connection: whoever uses the file gets errors.
class FuseFile {
 public:
  /// Mounts over the file `path`: what the kernel asks about it is read from the descriptor. Ends the process with a
  /// message where that cannot be done.
  [[nodiscard]] static int mount_at(const std::string& path);
  /// Answers what is asked through the descriptor; not its owner.
  FuseFile(int device, FileBackend& backend);

  /// Readable when a request waits.
  [[nodiscard]] int descriptor() const { return device_; }
  /// Takes one request and answers it. False once the file has been unmounted.
  [[nodiscard]] bool serve_one();

 private:
  struct Request;
  void answer(const Request& request);
  void answer_init(const Request& request);
  void answer_attributes(const Request& request);
  void answer_read(const Request& request);
  void answer_write(const Request& request);
  void reply(const Request& request, int error, Bytes body = {}) const;
  template <typename T>
  void reply(const Request& request, const T& body) const;

  FileBackend& backend_;
  int device_;
  std::vector<std::byte> received_;
  std::vector<std::byte> sent_;
};

}  // namespace kappa::powercut
