/* SPDX-License-Identifier: MIT */
#include "pile_store.h"

#include "dut.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_SIZE (2 * PILE_STORE_BYTES + 32)
#define PATH_SIZE 4096

static struct pile_record *find(const struct pile_store *store, unsigned number) {
    for (unsigned i = 0; i < store->count; i++) {
        if (store->records[i].number == number) {
            return (struct pile_record *)&store->records[i];
        }
    }
    return NULL;
}

static int hex_value(char c) {
    return isdigit((unsigned char)c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "12 0a0b0c\n" to a record; false when it is anything else. */
static bool parse(const char *line, struct pile_record *record) {
    char *at;
    errno = 0;
    unsigned long number = strtoul(line, &at, 10);
    if (at == line || errno != 0 || number > UINT32_MAX || *at != ' ') {
        return false;
    }
    record->number = (unsigned)number;
    record->size = 0;
    for (at++; *at != '\n' && *at != '\0'; at += 2) {
        int high = hex_value(at[0]), low = high < 0 ? -1 : hex_value(at[1]);
        if (low < 0 || record->size == PILE_STORE_BYTES) {
            return false;
        }
        record->bytes[record->size++] = (uint8_t)(high << 4 | low);
    }
    return *at == '\n';
}

bool pile_store_open(struct pile_store *store, const char *path, char *why, size_t why_size) {
    memset(store, 0, sizeof *store);
    store->path = path;
    FILE *file = path == NULL ? NULL : fopen(path, "r");
    if (file == NULL) {
        bool fine = path == NULL || errno == ENOENT;
        if (!fine) {
            snprintf(why, why_size, "cannot read the store '%s': %s", path, strerror(errno));
        }
        return fine;
    }
    char line[LINE_SIZE];
    unsigned number = 1;
    bool fine = true;
    for (; fine && fgets(line, sizeof line, file) != NULL; number++) {
        struct pile_record record;
        fine = store->count < PILE_STORE_RECORDS && parse(line, &record) &&
               find(store, record.number) == NULL;
        if (fine) {
            store->records[store->count++] = record;
        } else {
            snprintf(why, why_size,
                     "line %u of the store '%s' is no record: mend it, or remove the file to start "
                     "with an empty store",
                     number, path);
        }
    }
    fclose(file);
    return fine;
}

int pile_store_read(const struct pile_store *store, unsigned number, void *bytes, size_t size) {
    const struct pile_record *record = find(store, number);
    if (record == NULL) {
        return DUT_ERROR_ABSENT;
    }
    size_t count = size < record->size ? size : record->size;
    memcpy(bytes, record->bytes, count);
    return (int)count;
}

static bool write_records(const struct pile_store *store, FILE *file) {
    for (unsigned i = 0; i < store->count; i++) {
        const struct pile_record *record = &store->records[i];
        fprintf(file, "%u ", record->number);
        for (size_t k = 0; k < record->size; k++) {
            fprintf(file, "%02x", record->bytes[k]);
        }
        fputc('\n', file);
    }
    return fflush(file) == 0 && fsync(fileno(file)) == 0;
}

static int save(const struct pile_store *store) {
    char fresh[PATH_SIZE];
    if (store->path == NULL) {
        return 0;
    }
    int length = snprintf(fresh, sizeof fresh, "%s.new", store->path);
    FILE *file = length < (int)sizeof fresh ? fopen(fresh, "w") : NULL;
    bool fine = file != NULL && write_records(store, file);
    if (file != NULL) {
        fine = fclose(file) == 0 && fine;
    }
    if (!fine || rename(fresh, store->path) != 0) {
        fprintf(stderr, "pile: cannot write the store '%s': %s\n", store->path, strerror(errno));
        return DUT_ERROR_FULL;
    }
    return 0;
}

int pile_store_write(struct pile_store *store, unsigned number, const void *bytes, size_t size) {
    struct pile_record *record = find(store, number);
    if (size > PILE_STORE_BYTES) {
        return DUT_ERROR_ARGUMENT;
    }
    if (record == NULL) {
        if (store->count == PILE_STORE_RECORDS) {
            return DUT_ERROR_FULL;
        }
        record = &store->records[store->count++];
        record->number = number;
    }
    memcpy(record->bytes, bytes, size);
    record->size = size;
    return save(store);
}
