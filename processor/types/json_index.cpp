// Token positions by the first stage of simdjson, without its second: the walk over the positions is our own, because
// it knows which members matter and need not build a document of the others.
#include "types/json_index.hpp"

#include <simdjson.h>

#include <bit>

#include "kappa/base/assert.hpp"

namespace kappa::processor {

class JsonIndexer::Implementation {
 public:
  simdjson::error_code index(std::string_view text) {
    if (text.size() > capacity_) grow(text.size());
    return parser_->stage1(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                           simdjson::stage1_mode::regular);
  }
  const std::uint32_t* positions() const { return parser_->structural_indexes.get(); }

 private:
  void grow(std::size_t bytes) {
    capacity_ = std::bit_ceil(bytes);
    constexpr std::size_t kUnusedDepth = 1;  // Only the second stage nests.
    const auto made =
        simdjson::get_active_implementation()->create_dom_parser_implementation(capacity_, kUnusedDepth, parser_);
    KAPPA_ASSERT(made == simdjson::SUCCESS, "no memory for the positions of JSON tokens");
  }

  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser_;
  std::size_t capacity_ = 0;
};

JsonIndexer::JsonIndexer() : implementation_(std::make_unique<Implementation>()) {}
JsonIndexer::~JsonIndexer() = default;

IndexOutcome JsonIndexer::index(std::string_view text) {
  if (text.empty()) return IndexOutcome::empty;
  switch (implementation_->index(text)) {
    case simdjson::SUCCESS:
      return IndexOutcome::ok;
    case simdjson::EMPTY:
      return IndexOutcome::empty;
    case simdjson::UNESCAPED_CHARS:
      return IndexOutcome::control_character;
    case simdjson::UNCLOSED_STRING:
      return IndexOutcome::unclosed_string;
    default:
      return IndexOutcome::not_utf8;
  }
}

const std::uint32_t* JsonIndexer::positions() const {
  return implementation_->positions();
}

}  // namespace kappa::processor
