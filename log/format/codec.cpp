#include "format/codec.hpp"

#include <zstd.h>

#include <memory>
#include <new>

// A zstd context is hundreds of kilobytes of tables; making one costs more than compressing a small body. So each
// thread has one for either direction, made at first use and kept until the thread ends.

namespace kappa::log {
namespace {

/// Sections below this size are left alone. An event of 300 bytes of JSON shrinks by a sixth, a tenth of its frame, and
/// takes 8 us to compress, as long as all else that the processor does for its append.
constexpr std::size_t kCompressFromBytes = 512;

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

template <typename Context>
std::unique_ptr<Context, FreeContext> owned(Context* context) {
  if (context == nullptr) throw std::bad_alloc();
  return std::unique_ptr<Context, FreeContext>(context);
}

ZSTD_CCtx* compression_context() {
  thread_local const auto context = owned(ZSTD_createCCtx());
  return context.get();
}

ZSTD_DCtx* decompression_context() {
  thread_local const auto context = owned(ZSTD_createDCtx());
  return context.get();
}

}  // namespace

std::size_t compressed_bytes_max(std::size_t raw_bytes) {
  return ZSTD_compressBound(raw_bytes);
}

std::optional<std::size_t> compress(Bytes raw, int level, std::span<std::byte> to) {
  if (level == 0 || raw.size() < kCompressFromBytes) return std::nullopt;
  const std::size_t bytes =
      ZSTD_compressCCtx(compression_context(), to.data(), to.size(), raw.data(), raw.size(), level);
  if (ZSTD_isError(bytes) != 0 || bytes >= raw.size()) return std::nullopt;
  return bytes;
}

bool decompress(Bytes stored, Codec codec, std::span<std::byte> raw) {
  if (codec == Codec::none) {
    if (stored.size() != raw.size()) return false;
    if (!raw.empty()) std::memcpy(raw.data(), stored.data(), raw.size());
    return true;
  }
  const std::size_t bytes =
      ZSTD_decompressDCtx(decompression_context(), raw.data(), raw.size(), stored.data(), stored.size());
  return ZSTD_isError(bytes) == 0 && bytes == raw.size();
}

}  // namespace kappa::log
