// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren, VNode } from 'preact';

/** Shows what was left out because few people want all of it. */
export function MoreButton({
  onMore,
  children,
}: {
  readonly onMore: () => void;
  readonly children: ComponentChildren;
}): VNode {
  return (
    <button type="button" class="more" onClick={onMore}>
      {children}
    </button>
  );
}
