#!/usr/bin/env bash
# symbols.sh LIBRARY…: no code of the log but its seam calls the operating system, a clock or chance, so that nothing
# passes by a simulated disk. Looks at what the compiled files ask the linker for, whatever the sources look like.
set -uo pipefail

# What only the seam may call.
forbidden='^(open|openat|creat|close|read|readv|pread|preadv|write|writev|pwrite|pwritev|fsync|fdatasync|sync|syncfs'
forbidden+='|sync_file_range|truncate|ftruncate|fallocate|posix_fallocate|rename|renameat2?|link|linkat|unlink|unlinkat'
forbidden+='|remove|mkdir|mkdirat|rmdir|stat|fstat|lstat|statx|statfs|fstatfs|access|chmod|fchmod|chown|fchown|lchown|opendir|readdir|fopen'
forbidden+='|fdopen|freopen|fread|fwrite|flock|lockf|fcntl|ioctl|mmap|munmap|mremap|msync|madvise|syscall|io_uring_.*'
forbidden+='|clock_gettime|gettimeofday|time|nanosleep|clock_nanosleep|usleep|sleep|sched_yield|getrandom|getentropy|rand'
forbidden+='|random|drand48|getpid|gettid|fork|vfork|kill|raise|signal|sigaction|pthread_sigmask)(64)? @'
forbidden+='|^std::chrono::.*clock::now|^std::random_device::|^std::this_thread::__sleep_for'
forbidden+='|^std::basic_[io]?fstream|^std::basic_filebuf'
forbidden+='|^std::filesystem::(__cxx11::)?(directory_iterator|recursive_directory_iterator)::'
forbidden+='|^std::filesystem::(absolute|canonical|copy|copy_file|create_|current_path|equivalent|exists|file_size'
forbidden+='|hard_link|is_|last_write|permissions|read_symlink|remove|rename|resize|space|status|symlink|temp)'
forbidden+='|^kappa::log::real_seam\(\)'

# What else may: where a directory is opened without a seam, the real one is taken; the housekeeper's naps are real ones,
# since it is a thread of real directories only; std::stop_token has a lock of its own.
allowed=' @(real_seam|stop_signal|shared_page)\.cpp\.o:$'
allowed+='|^kappa::log::real_seam\(\) @(open_directory|log_directory|repair|restore)\.cpp\.o:$'
allowed+='|^std::chrono::_V2::steady_clock::now\(\) @housekeeper\.cpp\.o:$'
allowed+='|^(sched_yield|syscall) @(housekeeper|ordered_reader|partition_reader)\.cpp\.o:$'

[ $# != 0 ] || { echo "usage: symbols.sh LIBRARY…" >&2 && exit 2; }
# Each symbol, with the file that asks for it.
asked=$(nm -C --undefined-only "$@" | awk '/^[^ ]+:$/ { file = $0 } $1 == "U" { sub(/^ *U /, ""); print $0 " @" file }')
grep -q '^open @real_seam' <<<"$asked" || { echo "symbols: the seam is not in $*" >&2 && exit 2; }
found=$(grep -E "$forbidden" <<<"$asked" | grep -vE "$allowed" | sort -u)
[ -z "$found" ] && exit
echo "symbols: only log/seam may call these:" >&2
echo "$found" >&2
exit 1
