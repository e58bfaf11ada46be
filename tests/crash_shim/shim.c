/*
 * Stands between a program and its disk (LD_PRELOAD), and keeps what a machine would still have
 * after it lost its power at this moment.
 *
 * CRASH_DIR     the data directory, an absolute path. Only files right in it are looked after.
 * CRASH_MIRROR  a directory on the same file system, with
 *     synced/INODE  what was written *and then synced* of that file: the disk
 *     names         "INODE NAME" for each file that was there when the directory was last synced
 *     gone/INODE    a file that was unlinked or replaced since: its name may come back
 *     faults        what the disk refuses just now, see faults.h
 *     syncs         one line for each sync: how long it took and what it was of
 *
 * Strict, as POSIX is: a sync of a file hardens its pages and its size, but not its name, and a
 * sync of the directory hardens names alone. A sync that failed leaves its pages clean, as Linux
 * does: the next one that succeeds does not write them.
 *
 * The order makes it sound. A write is noted after it was done. A sync takes a copy of the dirty
 * pages when it begins, and that copy is on the disk just before it returns: so the mirror has
 * what a program was told is safe, and nothing that it was not told of yet. (A page that is being
 * written when the copy is taken may be in it, half; a disk may do that too.)
 *
 * SQLite's -shm is left out: it is shared memory with a name, made anew from the -wal.
 * Not seen: O_SYNC, a mapping that is written to, copy_file_range. Pages that an earlier process
 * wrote and never synced count as dirty, even where a sync of them had failed.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(off_t) == 8, "the 64-bit calls are taken to be the same as the others");

enum { PAGE = 4096, PATH_BYTES = 4096 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- where things are ---- */

static const char *data_dir(void) {
    static const char *dir;
    if (!dir && !(dir = getenv("CRASH_DIR"))) dir = "/nonexistent";
    return dir;
}

static const char *in_mirror(char *path, const char *format, ...) {
    const char *mirror = getenv("CRASH_MIRROR");
    int length = snprintf(path, PATH_BYTES, "%s/", mirror ? mirror : "/nonexistent");
    va_list rest;
    va_start(rest, format);
    vsnprintf(path + length, (size_t)(PATH_BYTES - length), format, rest);
    va_end(rest);
    return path;
}

static int is_shared_memory(const char *name) {
    size_t bytes = strlen(name);
    return bytes >= 4 && strcmp(name + bytes - 4, "-shm") == 0;
}

/* The name of a file that we look after, by its path; none for all others. */
static const char *name_of(const char *path) {
    size_t length = strlen(data_dir());
    if (strncmp(path, data_dir(), length) != 0 || path[length] != '/') return NULL;
    const char *name = path + length + 1;
    return *name == '\0' || strchr(name, '/') || is_shared_memory(name) ? NULL : name;
}

static int path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_BYTES - 1);
    path[length < 0 ? 0 : length] = '\0';
    return length > 0;
}

/* ---- the system's own calls: ours have their names ---- */

static long as_libc(long result) { return result; /* syscall() has set errno */ }
static ssize_t real_write(int fd, const void *bytes, size_t count) {
    return as_libc(syscall(SYS_write, fd, bytes, count));
}
static ssize_t real_pwrite(int fd, const void *bytes, size_t count, off_t at) {
    return as_libc(syscall(SYS_pwrite64, fd, bytes, count, at));
}
static int real_open(const char *path, int flags, mode_t mode) {
    return (int)as_libc(syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, mode));
}
static int real_truncate(int fd, off_t size) {
    return (int)as_libc(syscall(SYS_ftruncate, fd, size));
}

#include "faults.h"
#include "files.h"
#include "calls.h"
