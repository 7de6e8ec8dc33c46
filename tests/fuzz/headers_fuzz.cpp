// The encoding of an event's headers, which readers take apart without a copy.
#include "fuzz.hpp"
#include "kappa/base/headers.hpp"

void kappa::fuzz::run(Bytes input) {
  std::vector<std::byte> again;
  Bytes rest = input;
  while (const auto header = take_header(rest)) put_header(again, *header);
  require(valid_headers(input) == rest.empty(), "headers are valid if all of them can be taken");
  require(again.size() + rest.size() == input.size(), "what is taken and what is left is all there was");
  require(std::ranges::equal(again, input.first(again.size())), "headers are encoded as they were");
}
