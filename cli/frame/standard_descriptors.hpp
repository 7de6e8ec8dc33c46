#pragma once

namespace kappa::cli {

/// Keeps the numbers 0, 1 and 2 from being given to files that we open: where one was closed by whoever started us, it
/// becomes a descriptor on which reading or writing fails. Else a log's file could become standard output. Before
/// anything is opened.
void occupy_standard_descriptors();

}  // namespace kappa::cli
