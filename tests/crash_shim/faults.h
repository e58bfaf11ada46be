/*
 * What the disk refuses. The file `faults` is read at every write and every sync, so that a test
 * switches while the program runs. Its lines, in any number:
 *
 *     write ERRNO BYTES         writes fail once so many more bytes are written
 *     sync ERRNO SKIP TIMES     after SKIP syncs, so many of them fail; -1: all
 *     slow MILLISECONDS         each sync takes longer by so much
 *     open ERRNO                nothing is opened to be written
 *
 * What was counted begins anew when the text changes.
 */
struct faults {
    int write_errno, sync_errno, open_errno, slow_ms;
    long bytes, skip, times;
};

/* The lock is held. */
static struct faults *faults(void) {
    static struct faults now;
    static char seen[256];
    char text[sizeof seen] = "", path[PATH_BYTES];
    int fd = real_open(in_mirror(path, "faults"), O_RDONLY, 0);
    if (fd >= 0) {
        ssize_t count = read(fd, text, sizeof text - 1);
        text[count > 0 ? count : 0] = '\0';
        syscall(SYS_close, fd);
    }
    if (strcmp(text, seen) == 0) return &now;
    strcpy(seen, text);
    memset(&now, 0, sizeof now);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        sscanf(line, "write %d %ld", &now.write_errno, &now.bytes);
        sscanf(line, "sync %d %ld %ld", &now.sync_errno, &now.skip, &now.times);
        sscanf(line, "slow %d", &now.slow_ms);
        sscanf(line, "open %d", &now.open_errno);
    }
    return &now;
}

/* How many of these bytes may be written: all, fewer as on a disk that is just getting full, or
 * none, with errno set. */
static ssize_t writable(size_t count) {
    pthread_mutex_lock(&lock);
    struct faults *now = faults();
    ssize_t may = (ssize_t)count;
    if (now->write_errno) {
        if (now->bytes < may) may = now->bytes;
        now->bytes -= may;
        if (may == 0 && count > 0) may = -1, errno = now->write_errno;
    }
    pthread_mutex_unlock(&lock);
    return may;
}

/* Whether this sync fails: its errno. The lock is held. */
static int sync_fails(void) {
    struct faults *now = faults();
    if (!now->sync_errno || now->skip-- > 0 || now->times == 0) return 0;
    if (now->times > 0) now->times--;
    return now->sync_errno;
}

/* Whether a file of ours can be opened so; errno says why not. */
static int may_open(const char *path, int flags) {
    if (!name_of(path) || !(flags & (O_WRONLY | O_RDWR | O_CREAT))) return 1;
    pthread_mutex_lock(&lock);
    int fails = faults()->open_errno;
    pthread_mutex_unlock(&lock);
    if (fails) errno = fails;
    return !fails;
}
