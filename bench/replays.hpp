#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "kappa/log/directory.hpp"
#include "kappa/replay/definition.hpp"

/// The views that several figures replay, and how they are driven in this process.
namespace kappa::bench {

/// Nexmark's query 2: few bids pass, two columns of seven are used.
extern const std::string kFilterSql;
/// Bids an auction in windows of 10 seconds.
extern const std::string kCountSql;
/// Nexmark's query 1: every bid is a row of the result.
extern const std::string kProjectionSql;

[[nodiscard]] replay::Definition define(const std::string& sql);
[[nodiscard]] std::unique_ptr<log::Directory> open_log(const std::filesystem::path& path);

/// Feeds a view of a definition with everything there is and takes its changes, as a replay does. Returns the bytes of
/// state that it held at the end.
std::size_t drive(log::Directory& directory, const replay::Definition& definition, processor::ChangeSink& sink);

/// What a replay by the library computed, and the CPU time it took.
struct Replayed {
  double cpu_seconds = 0;
  std::uint64_t events = 0;
  std::uint64_t rows = 0;
};
[[nodiscard]] Replayed replay_once(log::Directory& directory, const replay::Definition& definition);

}  // namespace kappa::bench
