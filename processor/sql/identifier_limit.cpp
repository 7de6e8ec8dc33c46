// The scanner alone knows what is an identifier and what a string or a comment, and it gives its tokens as a protocol
// buffer. Of that little is needed: message ScanResult { repeated ScanToken tokens = 2; }, message ScanToken { int32
// start = 1; int32 end = 2; … }, places being bytes of the text.
#include "identifier_limit.hpp"

#include <fmt/format.h>
#include <pg_query.h>

#include <cstdint>

namespace kappa::sql {
namespace {

constexpr std::size_t kIdentifierBytesMax = 63;
constexpr std::uint64_t kTokens = 2;
constexpr std::uint64_t kStart = 1;
constexpr std::uint64_t kEnd = 2;
constexpr std::uint64_t kBytesType = 2;  ///< Of a field on the wire: a length and so many bytes.

/// Takes what libpg_query wrote apart; never reads past the end.
class Wire {
 public:
  explicit Wire(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] bool at_end() const { return bytes_.empty(); }

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; !bytes_.empty() && shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80) break;
    }
    return value;
  }
  std::string_view bytes() {
    const std::string_view taken = bytes_.substr(0, number_of_bytes());
    bytes_.remove_prefix(taken.size());
    return taken;
  }

 private:
  std::size_t number_of_bytes() { return static_cast<std::size_t>(number()); }
  std::string_view bytes_;
};

struct Token {
  std::size_t start = 0;
  std::size_t end = 0;
};

Token read_token(Wire wire) {
  Token token;
  while (!wire.at_end()) {
    const std::uint64_t field = wire.number();
    const std::uint64_t value = wire.number();  // A token's fields are all numbers.
    if (field >> 3U == kStart) token.start = static_cast<std::size_t>(value);
    if (field >> 3U == kEnd) token.end = static_cast<std::size_t>(value);
  }
  return token;
}

/// Bytes of a quoted name, `text` being what follows the opening quote.
std::size_t quoted_bytes(std::string_view text) {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < text.size(); ++i, ++bytes) {
    if (text[i] != '"') continue;
    if (text.substr(i + 1, 1) != "\"") break;
    ++i;  // It stands twice.
  }
  return bytes;
}

/// Bytes of the name that begins `text`, whose first token has `size` bytes; 0 where the token is none. An escape of
/// U&"…", of which the scanner tells the first byte only, counts as it is written.
std::size_t identifier_bytes(std::string_view text, std::size_t size) {
  const std::string_view token = text.substr(0, size);
  if (token.front() == '"') return quoted_bytes(text.substr(1));
  if (text.starts_with("U&\"") || text.starts_with("u&\"")) return quoted_bytes(text.substr(3));
  const auto first = static_cast<unsigned char>(token.front());
  const bool letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '_' || first >= 0x80;
  return letter && token.back() != '\'' ? token.size() : 0;  // E'…' and the like are strings.
}

/// The result of pg_query_scan, freed with it.
struct Scanned {
  explicit Scanned(const std::string& text) : result(pg_query_scan(text.c_str())) {}
  ~Scanned() { pg_query_free_scan_result(result); }
  Scanned(const Scanned&) = delete;
  Scanned& operator=(const Scanned&) = delete;
  PgQueryScanResult result;
};

}  // namespace

void check_identifiers(const Source& source) {
  const Scanned scanned{std::string(source.text())};
  if (scanned.result.error != nullptr) return;
  Wire wire({scanned.result.pbuf.data, scanned.result.pbuf.len});
  while (!wire.at_end()) {
    const std::uint64_t field = wire.number();
    if ((field & 7U) != kBytesType) {
      (void)wire.number();
      continue;
    }
    const std::string_view bytes = wire.bytes();
    if (field >> 3U != kTokens) continue;
    const Token token = read_token(Wire(bytes));
    if (token.end <= token.start || token.end > source.text().size()) continue;
    const std::size_t size = identifier_bytes(source.text().substr(token.start), token.end - token.start);
    if (size > kIdentifierBytesMax)
      source.refuse(static_cast<int>(token.start),
                    fmt::format("an identifier of {} bytes; the limit is {}", size, kIdentifierBytesMax),
                    "choose a shorter name; PostgreSQL would cut this one without a word");
  }
}

}  // namespace kappa::sql
