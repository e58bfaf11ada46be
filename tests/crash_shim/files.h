/* The files that we look after, and what of them is on the disk. */
struct file {
    struct file *next;
    dev_t dev;
    ino_t inode;
    /* Two descriptors of our own, of the file and of its copy. They stay open: closing one would
     * drop the locks (fcntl) that this process has on the file; and no inode is used again. */
    int reader, synced;
    /* Which pages were written since the last sync. */
    unsigned char *dirty;
    size_t pages;
    /* The smallest size since the last sync: what was cut off is zero when it comes back. */
    off_t smallest;
};

static off_t size_of(int fd) {
    struct stat stat;
    return fstat(fd, &stat) == 0 ? stat.st_size : 0;
}

static void mark(struct file *file, off_t at, off_t count) {
    if (count <= 0) return;
    size_t first = (size_t)(at / PAGE), end = (size_t)((at + count - 1) / PAGE) + 1;
    if (end > file->pages) {
        file->dirty = realloc(file->dirty, end);
        if (!file->dirty) abort();
        memset(file->dirty + file->pages, 0, end - file->pages);
        file->pages = end;
    }
    memset(file->dirty + first, 1, end - first);
}

static ssize_t page_of(int fd, size_t page, char *bytes) {
    ssize_t count = pread(fd, bytes, PAGE, (off_t)page * PAGE);
    if (count < 0) abort();
    return count;
}

/* What an earlier process left in the page cache is still to be synced. */
static void mark_what_differs(struct file *file) {
    char now[PAGE], then[PAGE];
    off_t size = size_of(file->reader);
    for (size_t page = 0; (off_t)page * PAGE < size; page++) {
        ssize_t count = page_of(file->reader, page, now);
        if (page_of(file->synced, page, then) != count || memcmp(now, then, (size_t)count) != 0)
            mark(file, (off_t)page * PAGE, count);
    }
}

static struct file *files;

static struct file *look_after(int fd, const struct stat *stat) {
    char path[PATH_BYTES];
    struct file *file = calloc(1, sizeof *file);
    if (!file) abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    file->dev = stat->st_dev;
    file->inode = stat->st_ino;
    file->smallest = stat->st_size;
    file->reader = real_open(path, O_RDONLY, 0);
    in_mirror(path, "synced/%ju", (uintmax_t)stat->st_ino);
    file->synced = real_open(path, O_RDWR | O_CREAT, 0600);
    if (file->reader < 0 || file->synced < 0) abort();
    mark_what_differs(file);
    file->next = files;
    return files = file;
}

/* The file of a descriptor, if we look after it. The lock is held. */
static struct file *file_of(int fd) {
    struct stat stat;
    char path[PATH_BYTES];
    if (fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode)) return NULL;
    for (struct file *file = files; file; file = file->next)
        if (file->inode == stat.st_ino && file->dev == stat.st_dev) return file;
    return path_of(fd, path) && name_of(path) ? look_after(fd, &stat) : NULL;
}

/* What a sync takes to the disk: a file as it is when the sync begins. */
struct copy {
    off_t size, smallest;
    size_t count;
    struct { size_t page; ssize_t count; char bytes[PAGE]; } *pages;
};

static void clean(struct file *file) {
    if (file->pages) memset(file->dirty, 0, file->pages);
}

static struct copy copy_of(struct file *file) {
    struct copy copy = {.size = size_of(file->reader), .smallest = file->smallest};
    for (size_t page = 0; page < file->pages; page++) copy.count += file->dirty[page];
    copy.pages = malloc(copy.count * sizeof *copy.pages + 1);
    if (!copy.pages) abort();
    for (size_t page = 0, at = 0; page < file->pages; page++) {
        if (!file->dirty[page]) continue;
        copy.pages[at].page = page;
        copy.pages[at].count = page_of(file->reader, page, copy.pages[at].bytes);
        at++;
    }
    clean(file);
    file->smallest = copy.size;
    return copy;
}

/* The copy is on the disk. */
static void harden(struct file *file, struct copy *copy) {
    if (copy->smallest < copy->size) real_truncate(file->synced, copy->smallest);
    real_truncate(file->synced, copy->size);
    for (size_t at = 0; at < copy->count; at++) {
        ssize_t count = copy->pages[at].count;
        off_t offset = (off_t)copy->pages[at].page * PAGE;
        ssize_t done = real_pwrite(file->synced, copy->pages[at].bytes, (size_t)count, offset);
        if (done != count) abort();
    }
    free(copy->pages);
}

/* The names that are in the directory now. */
static void copy_names(void) {
    char path[PATH_BYTES];
    DIR *dir = opendir(data_dir());
    FILE *names = fopen(in_mirror(path, "names.new"), "we");
    if (!dir || !names) abort();
    for (struct dirent *entry; (entry = readdir(dir));)
        if (entry->d_type == DT_REG && !is_shared_memory(entry->d_name))
            fprintf(names, "%ju %s\n", (uintmax_t)entry->d_ino, entry->d_name);
    closedir(dir);
    fclose(names);
}

static void harden_names(void) {
    char from[PATH_BYTES], to[PATH_BYTES];
    in_mirror(from, "names.new");
    in_mirror(to, "names");
    syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

/* A name is about to go. Until the directory is synced it may come back, with what it named. */
static void keep(const char *path) {
    char kept[PATH_BYTES];
    struct stat stat;
    if (!name_of(path) || lstat(path, &stat) != 0 || !S_ISREG(stat.st_mode)) return;
    linkat(AT_FDCWD, path, AT_FDCWD, in_mirror(kept, "gone/%ju", (uintmax_t)stat.st_ino), 0);
}
