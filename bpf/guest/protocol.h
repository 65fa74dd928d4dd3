/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wire protocol v2 between the guest and the harness; docs/protocol.md has it in prose and
 * harness/guest/protocol.ts mirrors it. A unit test reads the X() lines of this file: keep one
 * entry a line. Numbers are never reused.
 */
#ifndef BPMX_PROTOCOL_H
#define BPMX_PROTOCOL_H

#include <stdint.h>

/* The bytes 'B' 'P' 'M' 'X' on the wire. */
#define BPMX_MAGIC   0x584d5042u
#define BPMX_VERSION 2u
/* Bytes of one frame with its header. */
#define BPMX_FRAME_MAX (1u << 20)

struct bpmx_frame {
	uint32_t magic;
	uint16_t version;
	uint16_t type;
	uint32_t seq;
	uint32_t len;
} __attribute__((packed));

struct bpmx_field {
	uint16_t id;
	uint16_t kind;
	uint32_t len;
} __attribute__((packed));

_Static_assert(sizeof(struct bpmx_frame) == 16, "frame header is 16 bytes");
_Static_assert(sizeof(struct bpmx_field) == 8, "field header is 8 bytes");

#define BPMX_PAYLOAD_MAX (BPMX_FRAME_MAX - sizeof(struct bpmx_frame))

/* clang-format off */
#define BPMX_KINDS(X) \
	X(U64, 1) \
	X(STRING, 2) \
	X(BYTES, 3) \
	X(RECORD, 4)

/* Frame types. A reply has the type of its request, or ERROR. */
#define BPMX_OPS(X) \
	X(HELLO, 1) \
	X(ERROR, 2) \
	X(PUT, 3) \
	X(GET, 4) \
	X(REMOVE, 5) \
	X(HASH, 6) \
	X(SYSINFO, 7) \
	X(MODULE_LOAD, 8) \
	X(RUN, 9) \
	X(SPAWN, 10) \
	X(SIGNAL, 11) \
	X(WAIT, 12) \
	X(INSPECT, 13) \
	X(LOAD_SURVEY, 14) \
	X(LOAD_MAPS, 15) \
	X(LOAD_ALONE, 16) \
	X(LOAD_WHOLE, 17) \
	X(POWER_OFF, 18) \
	X(RESUME, 19) \
	X(PREPARE, 20) \
	X(LOAD_LADDER, 24) \
	X(KERNEL_TYPE, 25) \
	X(KERNEL_SYMBOL, 26) \
	X(UNRESOLVED, 27) \
	X(SEAL, 28) \
	X(VOUCH, 29) \
	X(LOOK, 30) \
	X(LOAD_COST, 31)

/* Codes of an ERROR frame. SYSTEM carries the errno of the operation. */
#define BPMX_ERRORS(X) \
	X(SYSTEM, 1) \
	X(BAD_MAGIC, 2) \
	X(BAD_VERSION, 3) \
	X(OVERSIZE, 4) \
	X(SEQ_GAP, 5) \
	X(UNKNOWN_OPERATION, 6) \
	X(MALFORMED, 7) \
	X(UNKNOWN_FIELD, 8) \
	X(MISSING_FIELD, 9) \
	X(REPEATED_FIELD, 10) \
	X(WRONG_KIND, 11) \
	X(BAD_VALUE, 12) \
	X(REPLY_TOO_LARGE, 13)

/* Every field has one kind wherever it occurs. */
#define BPMX_FIELDS(X) \
	X(CODE, 1, U64) \
	X(MESSAGE, 2, STRING) \
	X(ERRNO, 3, U64) \
	X(PATH, 4, STRING) \
	X(MODE, 5, U64) \
	X(OFFSET, 6, U64) \
	X(DATA, 7, BYTES) \
	X(MAX, 8, U64) \
	X(SIZE, 9, U64) \
	X(SHA256, 10, BYTES) \
	X(VERSION, 11, U64) \
	X(RELEASE, 12, STRING) \
	X(BUILD, 13, STRING) \
	X(MACHINE, 14, STRING) \
	X(LIBBPF, 15, STRING) \
	X(SETUP_FAILURE, 16, RECORD) \
	X(MEMORY, 17, U64) \
	X(CPUS, 18, U64) \
	X(ARGV, 19, STRING) \
	X(ENV, 20, STRING) \
	X(CWD, 21, STRING) \
	X(UID, 22, U64) \
	X(GID, 23, U64) \
	X(CGROUP, 24, STRING) \
	X(STDIN, 25, BYTES) \
	X(TIMEOUT_MS, 26, U64) \
	X(MAX_OUTPUT, 27, U64) \
	X(STDOUT, 28, BYTES) \
	X(STDERR, 29, BYTES) \
	X(STDOUT_PATH, 30, STRING) \
	X(STDERR_PATH, 31, STRING) \
	X(TRUNCATED, 32, U64) \
	X(PID, 33, U64) \
	X(SIGNO, 34, U64) \
	X(END, 35, U64) \
	X(END_CODE, 36, U64) \
	X(NAME, 37, STRING) \
	X(SECTION, 38, STRING) \
	X(TYPE, 39, STRING) \
	X(AUTOLOAD, 40, U64) \
	X(INSNS, 41, U64) \
	X(KEY_SIZE, 42, U64) \
	X(VALUE_SIZE, 43, U64) \
	X(MAX_ENTRIES, 44, U64) \
	X(HAS_BTF, 45, U64) \
	X(WARNING, 46, STRING) \
	X(PROGRAM, 47, RECORD) \
	X(MAP, 48, RECORD) \
	X(WITHOUT_MAP, 49, STRING) \
	X(SKIP_PROGRAM, 50, STRING) \
	X(PROGRAM_NAME, 51, STRING) \
	X(STAGE, 52, U64) \
	X(STATS_LOG, 53, STRING) \
	X(LOG_PATH, 54, STRING) \
	X(LOG_BYTES, 55, U64) \
	X(LINES_PATH, 56, STRING) \
	X(JITED_SIZE, 57, U64) \
	X(XLATED_SIZE, 58, U64) \
	X(VERIFIED_INSNS, 59, U64) \
	X(ATTACH_POINT, 60, STRING) \
	X(ATTACH_POINT_EXISTS, 61, U64) \
	X(TYPE_SUPPORTED, 62, U64) \
	X(USED_BY, 63, STRING) \
	X(ATTACH, 64, U64) \
	X(OUTCOME, 65, RECORD) \
	X(STOPPED_AT, 66, STRING) \
	X(LINE_INFO, 67, RECORD) \
	X(INSN, 68, U64) \
	X(FILE, 69, STRING) \
	X(LINE, 70, U64) \
	X(COLUMN, 71, U64) \
	X(TEXT, 72, STRING) \
	X(PROGRESS_STAGE, 73, U64) \
	X(PROGRESS_NAME, 74, STRING) \
	X(LOG_MAX, 75, U64) \
	X(MORE, 76, U64) \
	X(VERDICT_ERRNO, 77, U64) \
	X(TIME_US, 79, U64) \
	X(ENTROPY, 80, BYTES) \
	X(LINGER, 81, U64) \
	X(STEP, 90, RECORD) \
	X(HOOK, 91, STRING) \
	X(WITHOUT_CAPABILITIES, 92, U64) \
	X(WANT_KEYS, 93, U64) \
	X(KNOWN_KEY, 94, STRING) \
	X(LOAD_KEY, 95, STRING) \
	X(KNOWN, 96, U64) \
	X(MEMBER, 97, RECORD) \
	X(SYMBOL, 98, RECORD) \
	X(TRACEABLE, 99, U64) \
	X(BLACKLISTED, 100, U64) \
	X(IN_BTF, 101, U64) \
	X(UNRESOLVED, 102, RECORD) \
	X(MAP_FLAGS, 103, U64) \
	X(HAS_INNER, 104, U64) \
	X(INSNS_PATH, 105, STRING) \
	X(TABLE_TYPE, 106, STRING) \
	X(PLACE, 110, STRING) \
	X(REASON, 111, STRING) \
	X(NEED, 120, STRING) \
	X(FIXUP, 121, RECORD) \
	X(BEFORE, 122, U64) \
	X(AFTER, 123, U64) \
	X(SEALED, 130, STRING) \
	X(NONCE, 131, STRING) \
	X(KEY, 132, BYTES) \
	X(FD, 133, U64) \
	X(STANDBY, 134, U64) \
	X(SEEN, 135, RECORD) \
	X(SUM, 136, U64) \
	X(COSTS_PATH, 140, STRING) \
	X(VISITS, 141, BYTES) \
	X(UNPLACED, 142, U64) \
	X(FUNCTION, 143, RECORD)

/* How a process or a worker ended. */
#define BPMX_ENDS(X) \
	X(RUNNING, 0) \
	X(EXITED, 1) \
	X(SIGNALLED, 2) \
	X(TIMED_OUT, 3)

/* How far a load came; LoadStage of the harness, and ATTACH for a worker that died attaching. */
#define BPMX_STAGES(X) \
	X(OPEN, 0) \
	X(PREPARE, 1) \
	X(MAP, 2) \
	X(BTF, 3) \
	X(PROG, 4) \
	X(DONE, 5) \
	X(ATTACH, 6)
/* clang-format on */

#define BPMX_ENUM_KIND(name, number)        KIND_##name = (number),
#define BPMX_ENUM_OP(name, number)          OP_##name = (number),
#define BPMX_ENUM_ERROR(name, number)       ERR_##name = (number),
#define BPMX_ENUM_FIELD(name, number, kind) F_##name = (number),
#define BPMX_ENUM_END(name, number)         END_##name = (number),
#define BPMX_ENUM_STAGE(name, number)       STAGE_##name = (number),

enum bpmx_kind { BPMX_KINDS(BPMX_ENUM_KIND) };
enum bpmx_op { BPMX_OPS(BPMX_ENUM_OP) };
enum bpmx_error { ERR_NONE = 0, BPMX_ERRORS(BPMX_ENUM_ERROR) };
enum bpmx_field_id { BPMX_FIELDS(BPMX_ENUM_FIELD) };
enum bpmx_end { BPMX_ENDS(BPMX_ENUM_END) };
enum bpmx_stage { BPMX_STAGES(BPMX_ENUM_STAGE) };

#endif
