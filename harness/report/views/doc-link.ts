// SPDX-License-Identifier: Apache-2.0
import { join, relative, resolve } from 'node:path';
import { packageRoot } from '../../kernels/package-root.js';
import type { Surface } from '../destination.js';
import { markdownCode } from './markdown.js';

/** A page of this project, `docs/failure-codes.md#false_block`, in Markdown. */
export type DocLink = (page: string) => string;

/** Where nobody knows who will read it, a link may lead nowhere. */
export const unlinkedDoc: DocLink = markdownCode;

/** Where a page of this project is for who reads the report; null where nobody knows. */
export type DocTarget = (page: string) => string | null;

/**
 * A link that works where the report is read: from its folder to the pages beside the program; in a step summary of GitHub,
 * which knows no relative links, to the page of the commit, where this checkout is the repository of the workflow.
 */
export function docLink(surface: Pick<Surface, 'env' | 'folder'>, root = packageRoot()): DocLink {
  const target = docTarget(surface, root);
  return (page) => {
    const href = target(page);
    return href === null ? unlinkedDoc(page) : link(page, href);
  };
}

/** The same, for a page that is no Markdown. */
export function docTarget({ env, folder }: Pick<Surface, 'env' | 'folder'>, root = packageRoot()): DocTarget {
  const { GITHUB_ACTIONS: actions, GITHUB_WORKSPACE: workspace } = env;
  if (actions !== 'true') return (page) => encodeURI(relative(resolve(folder), join(root, page)));
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_SHA: commit } = env;
  const known = server !== undefined && repository !== undefined && commit !== undefined;
  if (!known || workspace === undefined || resolve(workspace) !== root) return () => null;
  return (page) => `${server}/${repository}/blob/${commit}/${page}`;
}

function link(page: string, target: string): string {
  return `[${page}](${/[()\s]/.test(target) ? `<${target}>` : target})`;
}
