#pragma once
#include "collected_changes.hpp"
#include "compiling.hpp"
#include "event_history.hpp"
#include "kappa/processor/processor.hpp"

namespace kappa::test {

/// The contents of a processor's outputs after each of its inputs had these values; a failure of the running test and
/// nothing where it does not run.
[[nodiscard]] inline std::vector<CollectedChanges::Contents> run(Result<sql::Compiled> compiled,
                                                                 const std::vector<std::string>& values) {
  EXPECT_TRUE(compiled) << message_of(compiled);
  if (!compiled) return {};
  auto made = processor::make_processor(std::move(compiled->program));
  EXPECT_TRUE(made) << made.error().message;
  if (!made) return {};
  CollectedChanges collected(**made);
  Sequence last{0};
  for (std::uint32_t input = 0; input < (*made)->inputs().size(); ++input) {
    last = Sequence{input + 1};
    EXPECT_TRUE((*made)->process(make_batch(input, last, Offset{0}, without_keys(values))));
  }
  EXPECT_TRUE((*made)->advance(last, collected));
  return collected.contents();
}

}  // namespace kappa::test
