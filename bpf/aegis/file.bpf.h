/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * The file hooks. one attempt, one event: inode_permission leaves opens to file_open, which runs a
 * moment later.
 */
#ifndef AEGIS_FILE_BPF_H
#define AEGIS_FILE_BPF_H

#include <bpf/bpf_tracing.h>
#include "file_rules.bpf.h"

#define PATH_WORDS (AEGIS_PATH_LEN / 8)

/*
 * The bytes of word `index` of a string that is `len` bytes long, as a mask in memory order. By
 * arithmetic alone: with branches the verifier would walk the rest of the string for each of them.
 * The empty asm keeps the compiler from seeing comparisons, and making branches of them.
 */
static __always_inline __u64 string_mask(__s64 len, __s64 index)
{
	__s64 bytes = len - index * 8;
	__s64 none = bytes - 1;  /* negative: not a byte of it */
	__s64 whole = 7 - bytes; /* negative: all of it */
	__u64 part = (bytes & 7) * 8;

	asm volatile("" : "+r"(none), "+r"(whole));
	none >>= 63;
	whole >>= 63;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	part = (1ULL << part) - 1;
#else
	part = ~(~0ULL >> part);
#endif
	return (part | whole) & ~none;
}

/*
 * Zeroes what follows a string of `len` bytes, its NUL counted. Returns 0: a global function has to
 * return a number.
 */
GLOBAL int clear_after(struct aegis_path *key, __s64 len)
{
	__u64 *words = (__u64 *)key;

	if (!key)
		return 0;
#pragma unroll
	for (__s64 i = 0; i < PATH_WORDS; i++)
		words[i] &= string_mask(len, i);
	return 0;
}

/*
 * The path of an open file as a map key: bpf_d_path builds the string at the buffer's end and moves
 * it to the front, so rubbish follows the NUL and must go before the string can be looked up.
 * False: no path, or longer than any rule.
 */
static __always_inline _Bool path_of(struct path *path, struct aegis_path *key)
{
	long len = bpf_d_path(path, key->path, sizeof(key->path));

	if (len <= 0 || len > AEGIS_PATH_LEN)
		return 0;
	clear_after(key, len);
	return 1;
}

/*
 * Rules whose path led nowhere when the policy was applied. The first open of such a path finds the
 * rule by its string, and from then on the inode is denied under every name.
 */
static __noinline __u32 enforce_pending_path(struct file *file, __u32 wanted)
{
	struct aegis_path key = {};
	struct offence offence = {};
	__u32 bits;

	if (!pending_path_rules || file_rules_rest(current_config()))
		return AEGIS_ACTION_ALLOW;
	offence.id = inode_identity(BPF_CORE_READ(file, f_inode));
	if (bpf_map_lookup_elem(&survival, &offence.id) || task_is_exempt())
		return AEGIS_ACTION_ALLOW;
	if (!path_of(&file->f_path, &key))
		return AEGIS_ACTION_ALLOW;
	bits = path_rule(&key);
	if (!(bits & AEGIS_PATH_PENDING) || !(bits & wanted))
		return AEGIS_ACTION_ALLOW;
	offence.rule = wanted == AEGIS_INODE_EXEC ? AEGIS_RULE_EXEC : AEGIS_RULE_PATH;
	bits &= ~AEGIS_PATH_PENDING;
	bpf_map_update_elem(&deny_inode, &offence.id, &bits, BPF_ANY);
	return punish_offence(&offence, NULL);
}

SEC("lsm/file_open")
int BPF_PROG(deny_open, struct file *file, int ret)
{
	__u32 action;

	if (ret)
		return ret;
	action = enforce_inode(BPF_CORE_READ(file, f_inode), AEGIS_INODE_FILE, ORIGIN_LSM);
	if (action == AEGIS_ACTION_ALLOW)
		action = enforce_pending_path(file, AEGIS_INODE_FILE);
	if (fault_hook_returns_zero())
		return 0;
	return lsm_return(action_denies(action));
}

/*
 * truncate(2), access(2), and walking through a denied folder never open anything. On an overlay
 * the hook runs twice, for the overlay's inode and for the real one below it.
 */
SEC("lsm/inode_permission")
int BPF_PROG(deny_permission, struct inode *inode, int mask, int ret)
{
	if (ret)
		return ret;
	if (mask & MAY_OPEN)
		return 0;
	return lsm_return(action_denies(enforce_inode(inode, AEGIS_INODE_FILE, ORIGIN_LSM)));
}

static __always_inline _Bool denies_dentry(struct dentry *dentry)
{
	struct inode *inode = BPF_CORE_READ(dentry, d_inode);

	return action_denies(enforce_inode(inode, AEGIS_INODE_FILE, ORIGIN_LSM));
}

/* Neither moving a denied file away nor moving another over it: either would undo the rule. */
SEC("lsm/inode_rename")
int BPF_PROG(deny_rename, struct inode *old_dir, struct dentry *old_dentry, struct inode *new_dir,
	     struct dentry *new_dentry, int ret)
{
	if (ret)
		return ret;
	return lsm_return(denies_dentry(old_dentry) || denies_dentry(new_dentry));
}

SEC("lsm/inode_unlink")
int BPF_PROG(deny_unlink, struct inode *dir, struct dentry *dentry, int ret)
{
	if (ret)
		return ret;
	return lsm_return(denies_dentry(dentry));
}

SEC("lsm/inode_link")
int BPF_PROG(deny_link, struct dentry *old_dentry, struct inode *dir, struct dentry *new_dentry,
	     int ret)
{
	if (ret)
		return ret;
	return lsm_return(denies_dentry(old_dentry));
}

/*
 * An overlay is about to copy a lower file up: chmod, chown, utimes, setxattr come here without any
 * check above. Without a refusal the copy would be a new inode that no rule knows. `src` is the
 * overlay's own dentry; a rule on the lower file itself is met when the copy opens it (file_open).
 */
SEC("lsm/inode_copy_up")
int BPF_PROG(deny_copy_up, struct dentry *src, struct cred **new, int ret)
{
	if (ret)
		return ret;
	return lsm_return(denies_dentry(src));
}

#endif
