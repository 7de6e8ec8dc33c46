// Streams that say little and hold much. What a section holds is bounded by what its entry says, and that by the limits
// of a frame, whatever the stream says of itself.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <fstream>

#include "bound_fork.hpp"
#include "format/body.hpp"
#include "format/codec.hpp"
#include "format/hash.hpp"
#include "rarer.hpp"
#include "sample.hpp"

namespace kappa::log {
namespace {

using sample::Image;

constexpr std::uint64_t kContentBytes = 1ull << 30;
constexpr std::size_t kWindowAt = 5;        // In a frame of zstd's: behind its magic number and its descriptor.
constexpr std::size_t kContentBytesAt = 6;  // Behind that, four bytes, where the content's size is told.
constexpr std::uint64_t kDecoderBytesMax = 64ull << 20;

/// A stream of zeros that tells its size, or does not.
Image bomb(std::optional<std::uint64_t> told) {
  const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context(ZSTD_createCCtx(), ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, 1);
  if (told) ZSTD_CCtx_setPledgedSrcSize(context.get(), *told);
  const Image zeros(1 << 20);
  Image stream(1 << 20);
  ZSTD_outBuffer to{stream.data(), stream.size(), 0};
  for (std::uint64_t done = 0; done < kContentBytes; done += zeros.size()) {
    const bool last = done + zeros.size() == kContentBytes;
    ZSTD_inBuffer from{zeros.data(), zeros.size(), 0};
    const std::size_t left = ZSTD_compressStream2(context.get(), &to, &from, last ? ZSTD_e_end : ZSTD_e_continue);
    EXPECT_FALSE(ZSTD_isError(left)) << ZSTD_getErrorName(left);
    EXPECT_EQ(from.pos, from.size);
  }
  stream.resize(to.pos);
  return stream;
}

const Image& silent_bomb() {
  static const Image stream = bomb({});
  return stream;
}
const Image& honest_bomb() {
  static const Image stream = bomb(kContentBytes);
  return stream;
}

/// A body of one section, of values, that are told to be so many bytes.
Image body_of(Bytes stream, std::uint32_t raw_bytes) {
  Image body;
  put(body, std::uint32_t{1});
  put(body,
      SectionEntry{SectionKind::value_bytes, Codec::zstd, 0, static_cast<std::uint32_t>(stream.size()), raw_bytes});
  body.insert(body.end(), stream.begin(), stream.end());
  return body;
}

std::string fault_of_body(Bytes body, std::uint32_t raw_bytes) {
  FrameHeader header;
  header.event_count = 1;
  header.raw_length = raw_bytes;
  return sample::fault_of(BodyDecoder().decode(header, body, {}));
}

std::uint64_t mapped_bytes() {
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}
std::uint64_t most_resident_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

/// What the decoder says in a process that has little memory left. Under a sanitizer, which maps terabytes, it is only
/// looked at afterwards how much has been touched.
std::string fault_with_little_memory(Bytes stream, std::uint32_t raw_bytes) {
  const Image body = body_of(stream, raw_bytes);
  int ends[2] = {};
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = test::bound_fork([&]() noexcept {
    const rlimit little{mapped_bytes() + kDecoderBytesMax, RLIM_INFINITY};
    if (test::kRarer == 1 && setrlimit(RLIMIT_AS, &little) != 0) return 2;
    const std::uint64_t before = most_resident_bytes();
    const std::string fault = fault_of_body(body, raw_bytes);
    if (write(ends[1], fault.data(), fault.size()) < 0) return 3;
    return most_resident_bytes() - before <= kDecoderBytesMax ? 0 : 4;
  });
  close(ends[1]);
  std::string fault(1'000, '\0');
  fault.resize(static_cast<std::size_t>(std::max<ssize_t>(read(ends[0], fault.data(), fault.size()), 0)));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  return fault;
}

TEST(BodyBomb, IsSmall) {
  for (const Image* stream : {&silent_bomb(), &honest_bomb()}) EXPECT_LT(stream->size(), kContentBytes / 1'000);
  EXPECT_EQ(ZSTD_getFrameContentSize(silent_bomb().data(), silent_bomb().size()), ZSTD_CONTENTSIZE_UNKNOWN);
  EXPECT_EQ(ZSTD_getFrameContentSize(honest_bomb().data(), honest_bomb().size()), kContentBytes);
}

TEST(BodyBomb, IsRefusedWithLittleMemory) {
  for (const Image* stream : {&silent_bomb(), &honest_bomb()}) {
    EXPECT_EQ(fault_with_little_memory(*stream, 3), "section 6 that does not decode to 3 bytes");
    EXPECT_EQ(fault_with_little_memory(*stream, kFrameRawBytesMax), "section 6 that does not decode to 16777216 bytes");
  }
}

TEST(BodyBomb, ThatAsksForAWindowOfTerabytesIsRefusedWithLittleMemory) {
  Image stream = silent_bomb();
  stream[kWindowAt] = std::byte{0xFF};
  EXPECT_EQ(fault_with_little_memory(stream, 3), "section 6 that does not decode to 3 bytes");
}

TEST(BodyBomb, ThatIsSaidToBeSmallIsRefused) {
  Image stream = honest_bomb();
  store(stream.data() + kContentBytesAt, std::uint32_t{3});
  ASSERT_EQ(ZSTD_getFrameContentSize(stream.data(), stream.size()), 3u);
  EXPECT_EQ(fault_with_little_memory(stream, 3), "section 6 that does not decode to 3 bytes");
}

TEST(BodyBomb, WritesNothingBehindItsPlace) {
  for (const Image* stream : {&silent_bomb(), &honest_bomb()}) {
    Image place(4'096, std::byte{0xEE});
    EXPECT_FALSE(decompress(*stream, Codec::zstd, std::span(place).first(100)));
    EXPECT_TRUE(std::ranges::all_of(std::span(place).subspan(100), [](std::byte b) { return b == std::byte{0xEE}; }));
  }
}

}  // namespace
}  // namespace kappa::log
