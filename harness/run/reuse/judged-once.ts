// SPDX-License-Identifier: Apache-2.0
/** Judges each answer once, however often it is asked for. What throws is judged, and throws, each time. */
export function judgedOnce<A extends object, J>(judge: (answer: A) => J): (answer: A) => J {
  const known = new WeakMap<A, { readonly judged: J }>();
  return (answer) => {
    const found = known.get(answer) ?? { judged: judge(answer) };
    known.set(answer, found);
    return found.judged;
  };
}
