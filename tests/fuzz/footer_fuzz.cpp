// The footer of a sealed segment. Three of four inputs get their tail's length, magic and hash put right first.
#include "format/footer.hpp"
#include "format/hash.hpp"
#include "fuzz.hpp"

namespace kappa::fuzz {
namespace {

using namespace log;

constexpr std::uint64_t kSalt = 0x1c;

void put_right(std::vector<std::byte>& footer, bool count_too, std::uint64_t position) {
  if (count_too) {
    const std::size_t entries = (footer.size() - kFooterHeaderBytes - kFooterTailBytes) / kIndexEntryBytes;
    footer.resize(kFooterHeaderBytes + entries * kIndexEntryBytes + kFooterTailBytes);
    auto header = load<FooterHeader>(footer.data());
    header.magic = kFooterMagic;
    header.version = kFooterVersion;
    header.index_count = static_cast<std::uint32_t>(entries);
    header.salt = kSalt;
    header.end = {position};
    store(footer.data(), header);
  }
  FooterTail tail;
  tail.footer_bytes = static_cast<std::uint32_t>(footer.size());
  store(footer.data() + footer.size() - kFooterTailBytes, tail);
  tail.hash = hash_of(Bytes(footer).first(footer.size() - sizeof tail.hash));
  store(footer.data() + footer.size() - kFooterTailBytes, tail);
}

}  // namespace

void run(Bytes input) {
  FuzzInput take(input);
  const std::uint8_t how = take.byte();
  const Position position{kFirstFramePosition + std::uint64_t{take.byte()} * kFrameAlignment};
  std::vector<std::byte> footer(take.rest().begin(), take.rest().end());
  if ((how & 3U) != 0 && footer.size() >= kFooterHeaderBytes + kFooterTailBytes)
    put_right(footer, (how & 2U) != 0, position.value);
  const std::uint64_t file_bytes = position.value + footer.size();
  if (footer.size() >= kFooterTailBytes) {
    const auto length = decode_footer_tail(Bytes(footer).last(kFooterTailBytes), file_bytes);
    if (length) require(*length <= file_bytes, "a footer is no longer than its file");
  }
  const auto decoded = decode_footer(footer, position, kSalt);
  if (!decoded) return;
  require(decoded->index.size() == decoded->header.index_count, "a footer has the index that it counts");
  require(encode_footer(*decoded) == footer, "a footer is encoded as it was");
}

}  // namespace kappa::fuzz
