// A merge over a damaged input serves what is certain: all up to the last whole frame before the damage.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "log_fixture.hpp"

namespace kappa::test {
namespace {

using log::LogTest;
using Strings = std::vector<std::string>;

class DamagedMerge : public LogTest {
 protected:
  /// Appends to x and y in turns, then damages the second frame of x and takes its marks away, so that it is in the
  /// tail and found on opening.
  DamagedMerge() {
    {
      const auto directory = open();
      for (const char* value : {"1", "2", "3"})
        for (const char* name : {"x", "y"}) stamps_.push_back(append(*directory, name, {name + std::string(value)}));
    }
    const auto path = files("x", ".seg").front();
    std::ifstream from(path, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(from)), {});
    for (std::size_t i = log::kMarkPositionA; i < log::kFirstFramePosition; ++i) bytes[i] = '\0';
    const std::size_t second = bytes.find("KFRM", bytes.find("KFRM") + 1);
    bytes[second + log::kFrameHeaderBytes] ^= 1;
    std::ofstream(path, std::ios::binary) << bytes;
    directory_ = open();
    const log::TopicInfo inputs[] = {topic(*directory_, "x"), topic(*directory_, "y")};
    reader_ = directory_->ordered_reader(inputs).value();
  }
  /// What next() gives up to a sequence, and how it ends.
  Strings served(Sequence upto) {
    Strings values;
    for (;;) {
      const auto batch = reader_->next(upto);
      if (!batch) values.push_back(batch.error().message);
      if (!batch || !*batch) return values;
      add_values(**batch, values);
    }
  }

  std::vector<log::Stamp> stamps_;
  std::unique_ptr<log::Directory> directory_;
  std::unique_ptr<log::OrderedReader> reader_;
};

TEST_F(DamagedMerge, ServesUpToTheDamage) {
  const auto bound = reader_->bound();
  ASSERT_TRUE(bound) << bound.error().message;
  EXPECT_THAT(served(*bound), testing::ElementsAre("x1", testing::HasSubstr("were durable and are damaged")));
}

TEST_F(DamagedMerge, HasAWholeBeginning) {
  ASSERT_TRUE(reader_->bound());
  EXPECT_EQ(served(stamps_[0].sequence), Strings{"x1"});
}

TEST_F(DamagedMerge, IsNotWaitedForInVain) {
  const auto bound = reader_->bound();
  ASSERT_TRUE(bound);
  served(*bound);
  const auto more = reader_->wait_past(*bound, log::OrderedReader::kNoLimit, {});
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, Errc::corruption);
}

}  // namespace
}  // namespace kappa::test
