#pragma once
#include "support.hpp"

/// The figures of docs/benchmarks.md, each measured and told by one function in a file of its name.
namespace kappa::bench {

void bulk_append(const Setup& setup);
void bulk_read(const Setup& setup);
void durable_append(const Setup& setup);
void many_processes(const Setup& setup);
void filter_replay(const Setup& setup);
void count_by_key(const Setup& setup);
void fingerprint_cost(const Setup& setup);
void replay_memory(const Setup& setup);
void append_to_tail(const Setup& setup);
void open_after_kill(const Setup& setup);

}  // namespace kappa::bench
