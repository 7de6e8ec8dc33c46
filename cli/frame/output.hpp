#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "kappa/base/result.hpp"

namespace kappa::cli {

/// A buffered writer to a file descriptor (standard output): large writes, errors as values. Not thread-safe. The
/// destructor does not write; whoever ends a command calls flush() and looks at the outcome.
class Output {
 public:
  explicit Output(int descriptor);

  /// Takes the text; writes when the buffer is full. Large texts go out without a copy.
  [[nodiscard]] Result<void> write(std::string_view text);
  /// The buffer itself, for writers that build in place; call settle() after a piece of at most some kilobytes.
  [[nodiscard]] std::string& buffer() { return buffer_; }
  /// Writes if the buffer has grown past its size.
  [[nodiscard]] Result<void> settle() { return buffer_.size() < kBufferBytes ? Result<void>{} : flush(); }
  [[nodiscard]] Result<void> flush();
  /// Told so by somebody who watches.
  void set_closed_by_reader() { closed_by_reader_ = true; }
  /// The reader of the pipe has gone: nobody wants an error message about that.
  [[nodiscard]] bool closed_by_reader() const { return closed_by_reader_; }

 private:
  static constexpr std::size_t kBufferBytes = std::size_t{256} << 10;
  [[nodiscard]] Result<void> write_all(std::string_view text);

  int descriptor_;
  bool closed_by_reader_ = false;
  std::string buffer_;
};

}  // namespace kappa::cli
