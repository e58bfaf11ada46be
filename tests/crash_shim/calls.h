/* The calls that a program makes. */
static void wrote(int fd, off_t at, ssize_t count) {
    int kept = errno;
    pthread_mutex_lock(&lock);
    struct file *file = count > 0 ? file_of(fd) : NULL;
    /* Where it was written is only known afterwards: O_APPEND. */
    if (file) mark(file, at < 0 ? lseek(fd, 0, SEEK_CUR) - count : at, count);
    pthread_mutex_unlock(&lock);
    errno = kept;
}

static int looked_after(int fd) {
    int kept = errno;
    pthread_mutex_lock(&lock);
    int ours = file_of(fd) != NULL;
    pthread_mutex_unlock(&lock);
    errno = kept;
    return ours;
}

ssize_t write(int fd, const void *bytes, size_t count) {
    if (!looked_after(fd)) return real_write(fd, bytes, count);
    ssize_t may = writable(count);
    if (may < 0) return -1;
    ssize_t done = real_write(fd, bytes, (size_t)may);
    wrote(fd, -1, done);
    return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
    if (!looked_after(fd)) return real_pwrite(fd, bytes, count, at);
    ssize_t may = writable(count);
    if (may < 0) return -1;
    ssize_t done = real_pwrite(fd, bytes, (size_t)may, at);
    wrote(fd, at, done);
    return done;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
    return pwrite(fd, bytes, count, at);
}

/* A short write of the first piece is a write too. */
ssize_t writev(int fd, const struct iovec *pieces, int count) {
    if (looked_after(fd) && count > 0) return write(fd, pieces->iov_base, pieces->iov_len);
    return syscall(SYS_writev, fd, pieces, count);
}

int ftruncate(int fd, off_t size) {
    int done = real_truncate(fd, size), kept = errno;
    pthread_mutex_lock(&lock);
    struct file *file = done == 0 ? file_of(fd) : NULL;
    if (file && size < file->smallest) file->smallest = size;
    pthread_mutex_unlock(&lock);
    errno = kept;
    return done;
}

int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }

int fallocate(int fd, int mode, off_t at, off_t count) {
    if (looked_after(fd) && writable((size_t)count) < count) return errno = ENOSPC, -1;
    int done = (int)syscall(SYS_fallocate, fd, mode, at, count);
    wrote(fd, at, done == 0 ? count : 0);
    return done;
}

int fallocate64(int fd, int mode, off64_t at, off64_t count) {
    return fallocate(fd, mode, at, count);
}

int posix_fallocate(int fd, off_t at, off_t count) {
    return fallocate(fd, 0, at, count) == 0 ? 0 : errno;
}

int posix_fallocate64(int fd, off64_t at, off64_t count) {
    return posix_fallocate(fd, at, count);
}

static int opened(int fd, int flags) {
    if (fd >= 0 && (flags & O_TRUNC)) {
        pthread_mutex_lock(&lock);
        struct file *file = file_of(fd);
        if (file) file->smallest = 0;
        pthread_mutex_unlock(&lock);
    }
    return fd;
}

static int open_at(int dir, const char *path, int flags, va_list rest) {
    mode_t mode = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(rest, mode_t) : 0;
    if (!may_open(path, flags)) return -1;
    return opened((int)syscall(SYS_openat, dir, path, flags, mode), flags);
}

#define OPEN(NAME, DIR, ...)                       \
    int NAME(__VA_ARGS__, int flags, ...) {        \
        va_list rest;                              \
        va_start(rest, flags);                     \
        int fd = open_at(DIR, path, flags, rest);  \
        va_end(rest);                              \
        return fd;                                 \
    }
OPEN(open, AT_FDCWD, const char *path)
OPEN(open64, AT_FDCWD, const char *path)
OPEN(openat, dir, int dir, const char *path)
OPEN(openat64, dir, int dir, const char *path)

int unlinkat(int dir, const char *path, int flags) {
    keep(path);
    return (int)syscall(SYS_unlinkat, dir, path, flags);
}

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }

int renameat(int from_dir, const char *from, int dir, const char *path) {
    keep(path);
    return (int)syscall(SYS_renameat2, from_dir, from, dir, path, 0);
}

int rename(const char *from, const char *path) {
    return renameat(AT_FDCWD, from, AT_FDCWD, path);
}

/* ---- syncs ---- */

static void note(const struct timespec *from, off_t pages, const char *path) {
    char line[PATH_BYTES + 64], log[PATH_BYTES];
    struct timespec to;
    clock_gettime(CLOCK_MONOTONIC, &to);
    long us = (to.tv_sec - from->tv_sec) * 1000000 + (to.tv_nsec - from->tv_nsec) / 1000;
    int length = snprintf(line, sizeof line, "%ld %jd %s\n", us, (intmax_t)pages, path);
    int fd = real_open(in_mirror(log, "syncs"), O_WRONLY | O_CREAT | O_APPEND, 0600);
    real_write(fd, line, (size_t)length);
    syscall(SYS_close, fd);
}

static int refused(struct file *file, int number) {
    if (file) clean(file);
    pthread_mutex_unlock(&lock);
    errno = number;
    return -1;
}

/* A sync of a file, or of the directory if there is none. The lock is held, and released. */
static int sync_watched(long number, int fd, struct file *file, const char *path) {
    struct timespec from;
    clock_gettime(CLOCK_MONOTONIC, &from);
    int fails = sync_fails(), slow_ms = faults()->slow_ms;
    if (fails) return refused(file, fails);
    struct copy copy = {0};
    if (file) copy = copy_of(file);
    else copy_names();
    pthread_mutex_unlock(&lock);
    if (slow_ms) nanosleep(&(struct timespec){slow_ms / 1000, slow_ms % 1000 * 1000000L}, NULL);
    int done = (int)syscall(number, fd);
    pthread_mutex_lock(&lock);
    if (file) harden(file, &copy);
    else harden_names();
    note(&from, (off_t)copy.count, path);
    pthread_mutex_unlock(&lock);
    return done;
}

static int sync_by(long number, int fd) {
    char path[PATH_BYTES] = "";
    pthread_mutex_lock(&lock);
    struct file *file = file_of(fd);
    path_of(fd, path);
    if (file || strcmp(path, data_dir()) == 0) return sync_watched(number, fd, file, path);
    pthread_mutex_unlock(&lock);
    return (int)syscall(number, fd);
}

/* One at a time: a sync waits for what another one has begun to write. */
static int in_turn(long number, int fd) {
    static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&turn);
    int done = sync_by(number, fd), kept = errno;
    pthread_mutex_unlock(&turn);
    errno = kept;
    return done;
}

int fsync(int fd) { return in_turn(SYS_fsync, fd); }
int fdatasync(int fd) { return in_turn(SYS_fdatasync, fd); }
